package io.github.maskalign.tensor.safetensors;

import io.github.maskalign.tensor.DType;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Element types of safetensors files, a superset of {@link DType}.
 *
 * @since 0.1.0
 */
public enum SafeDType {
  /** 0 or 1 in a byte. */
  BOOL(1, null),
  /** Unsigned, 8 bits. */
  U8(1, DType.U8),
  /** Signed, 8 bits. */
  I8(1, null),
  /** 8 bits: 5 of exponent, 2 of fraction. */
  F8_E5M2(1, null),
  /** 8 bits: 4 of exponent, 3 of fraction. */
  F8_E4M3(1, null),
  /** Signed, 16 bits. */
  I16(2, null),
  /** Unsigned, 16 bits. */
  U16(2, null),
  /** IEEE half precision. */
  F16(2, DType.F16),
  /** The upper half of an F32. */
  BF16(2, DType.BF16),
  /** Signed, 32 bits. */
  I32(4, DType.I32),
  /** Unsigned, 32 bits. */
  U32(4, null),
  /** IEEE single precision. */
  F32(4, DType.F32),
  /** Signed, 64 bits. */
  I64(8, DType.I64),
  /** Unsigned, 64 bits. */
  U64(8, null),
  /** IEEE double precision. */
  F64(8, DType.F64);

  private static final Map<String, SafeDType> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Enum::name, Function.identity()));

  private final int bytes;
  private final DType dtype;

  SafeDType(int bytes, DType dtype) {
    this.bytes = bytes;
    this.dtype = dtype;
  }

  /** The size of an element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** The equivalent tensor element type, if there is one. */
  public Optional<DType> dtype() {
    return Optional.ofNullable(dtype);
  }

  /** Returns the file type of a tensor element type. */
  public static SafeDType of(DType dtype) {
    return switch (dtype) {
      case F64 -> F64;
      case F32 -> F32;
      case F16 -> F16;
      case BF16 -> BF16;
      case I64 -> I64;
      case I32 -> I32;
      case U8 -> U8;
    };
  }

  static Optional<SafeDType> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }
}
