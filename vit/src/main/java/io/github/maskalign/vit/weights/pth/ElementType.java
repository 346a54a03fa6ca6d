package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.safetensors.SafeDType;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Element types, by torch's names of storage classes and dtypes. */
enum ElementType {
  DOUBLE("DoubleStorage", "float64", SafeDType.F64),
  FLOAT("FloatStorage", "float32", SafeDType.F32),
  HALF("HalfStorage", "float16", SafeDType.F16),
  BFLOAT16("BFloat16Storage", "bfloat16", SafeDType.BF16),
  LONG("LongStorage", "int64", SafeDType.I64),
  INT("IntStorage", "int32", SafeDType.I32),
  SHORT("ShortStorage", "int16", SafeDType.I16),
  CHAR("CharStorage", "int8", SafeDType.I8),
  BYTE("ByteStorage", "uint8", SafeDType.U8),
  BOOL("BoolStorage", "bool", SafeDType.BOOL),
  /** Bytes, whose element type the tensor states. */
  UNTYPED("UntypedStorage", "", null);

  private static final Map<String, ElementType> BY_STORAGE = byName(type -> type.storage);
  private static final Map<String, ElementType> BY_DTYPE = byName(type -> type.word);

  private final String storage;
  private final String word;
  private final @Nullable SafeDType dtype;

  ElementType(String storage, String word, @Nullable SafeDType dtype) {
    this.storage = storage;
    this.word = word;
    this.dtype = dtype;
  }

  private static Map<String, ElementType> byName(Function<ElementType, String> name) {
    return Arrays.stream(values())
        .filter(type -> !name.apply(type).isEmpty())
        .collect(Collectors.toUnmodifiableMap(name, Function.identity()));
  }

  /** The type of a storage class such as {@code torch.FloatStorage}. */
  static Optional<ElementType> ofStorage(String name) {
    return Optional.ofNullable(BY_STORAGE.get(name));
  }

  /** The type of a dtype such as {@code torch.float32}. */
  static Optional<ElementType> ofDType(String name) {
    return Optional.ofNullable(BY_DTYPE.get(name));
  }

  /** The type of the elements; null if the tensor states it. */
  @Nullable SafeDType dtype() {
    return dtype;
  }

  /** Bytes of an element. */
  int bytes() {
    return dtype == null ? 1 : dtype.bytes();
  }
}
