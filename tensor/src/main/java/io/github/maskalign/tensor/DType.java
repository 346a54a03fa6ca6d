package io.github.maskalign.tensor;

/**
 * Element types of tensors. F16 and BF16 serve storage and conversion; arithmetic is in F32 or F64.
 *
 * @since 0.1.0
 */
public enum DType {
  /** IEEE double precision. */
  F64(8),
  /** IEEE single precision. */
  F32(4),
  /** IEEE half precision: 5 exponent bits, 10 fraction bits. */
  F16(2),
  /** The upper half of an F32: 8 exponent bits, 7 fraction bits. */
  BF16(2),
  /** Signed integers of 64 bits. */
  I64(8),
  /** Signed integers of 32 bits. */
  I32(4),
  /** Unsigned integers of 8 bits, 0 to 255. */
  U8(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** The size of an element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether this is a floating-point type. */
  public boolean isFloating() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** Whether operations other than copies and conversions accept this type. */
  public boolean isArithmetic() {
    return this == F64 || this == F32;
  }

  /** Whether this type is accepted for indices. */
  public boolean isIndex() {
    return this == I64 || this == I32;
  }
}
