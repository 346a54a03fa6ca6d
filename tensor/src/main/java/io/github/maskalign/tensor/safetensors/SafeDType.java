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
  BOOL(8, null),
  /** Unsigned, 8 bits. */
  U8(8, DType.U8),
  /** Signed, 8 bits. */
  I8(8, null),
  /** 8 bits: 5 of exponent, 2 of fraction. */
  F8_E5M2(8, null),
  /** 8 bits: 4 of exponent, 3 of fraction. */
  F8_E4M3(8, null),
  /** Signed, 16 bits. */
  I16(16, null),
  /** Unsigned, 16 bits. */
  U16(16, null),
  /** IEEE half precision. */
  F16(16, DType.F16),
  /** The upper half of an F32. */
  BF16(16, DType.BF16),
  /** Signed, 32 bits. */
  I32(32, DType.I32),
  /** Unsigned, 32 bits. */
  U32(32, null),
  /** IEEE single precision. */
  F32(32, DType.F32),
  /** Signed, 64 bits. */
  I64(64, DType.I64),
  /** Unsigned, 64 bits. */
  U64(64, null),
  /** IEEE double precision. */
  F64(64, DType.F64),
  /** 8 bits of exponent: powers of two. */
  F8_E8M0(8, null),
  /** 8 bits: 4 of exponent, 3 of fraction; no infinities, no negative zero. */
  F8_E4M3FNUZ(8, null),
  /** 8 bits: 5 of exponent, 2 of fraction; no infinities, no negative zero. */
  F8_E5M2FNUZ(8, null),
  /** Complex: two F32. */
  C64(64, null),
  /** 4 bits, two elements per byte. */
  F4(4, null),
  /** 6 bits: 2 of exponent, 3 of fraction; four elements in three bytes. */
  F6_E2M3(6, null),
  /** 6 bits: 3 of exponent, 2 of fraction; four elements in three bytes. */
  F6_E3M2(6, null);

  private static final Map<String, SafeDType> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Enum::name, Function.identity()));

  private final int bits;
  private final DType dtype;

  SafeDType(int bits, DType dtype) {
    this.bits = bits;
    this.dtype = dtype;
  }

  /** The size of an element in bits. */
  public int bits() {
    return bits;
  }

  /** The size of an element in bytes, at least 1. */
  public int bytes() {
    return Math.max(1, bits / Byte.SIZE);
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
