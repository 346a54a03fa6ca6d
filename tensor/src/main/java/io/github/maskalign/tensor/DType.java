package io.github.maskalign.tensor;

/**
 * Element types of a tensor. F16 and BF16 are for storage and conversion; arithmetic is F32 or F64.
 *
 * @since 0.1.0
 */
public enum DType {
  /** IEEE double precision. */
  F64(8),
  /** IEEE single precision. */
  F32(4),
  /** IEEE half precision: 5 bits of exponent, 10 of fraction. */
  F16(2),
  /** The upper half of an F32: 8 bits of exponent, 7 of fraction. */
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

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Whether values are real numbers rather than integers. */
  public boolean isFloating() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** Whether operations other than copying and conversion accept this type. */
  public boolean isArithmetic() {
    return this == F64 || this == F32;
  }

  /** Whether values can be used as indices. */
  public boolean isIndex() {
    return this == I64 || this == I32;
  }
}
