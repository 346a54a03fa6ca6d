package io.github.maskalign.tensor.safetensors;

import io.github.maskalign.tensor.DType;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Element types a safetensors file can hold; more than tensors of this library can. */
public enum SafeDType {
  BOOL(1, null),
  U8(1, DType.U8),
  I8(1, null),
  F8_E5M2(1, null),
  F8_E4M3(1, null),
  I16(2, null),
  U16(2, null),
  F16(2, DType.F16),
  BF16(2, DType.BF16),
  I32(4, DType.I32),
  U32(4, null),
  F32(4, DType.F32),
  I64(8, DType.I64),
  U64(8, null),
  F64(8, DType.F64);

  private static final Map<String, SafeDType> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Enum::name, Function.identity()));

  private final int bytes;
  private final DType dtype;

  SafeDType(int bytes, DType dtype) {
    this.bytes = bytes;
    this.dtype = dtype;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The tensor element type with the same values and layout, if there is one. */
  public Optional<DType> dtype() {
    return Optional.ofNullable(dtype);
  }

  /** The file type that stores a tensor element type; every one has its own. */
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
