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
  COMPLEX64("ComplexFloatStorage", "complex64", SafeDType.C64),
  UINT16("", "uint16", SafeDType.U16),
  UINT32("", "uint32", SafeDType.U32),
  UINT64("", "uint64", SafeDType.U64),
  E4M3("", "float8_e4m3fn", SafeDType.F8_E4M3),
  E4M3_FNUZ("", "float8_e4m3fnuz", SafeDType.F8_E4M3FNUZ),
  E5M2("", "float8_e5m2", SafeDType.F8_E5M2),
  E5M2_FNUZ("", "float8_e5m2fnuz", SafeDType.F8_E5M2FNUZ),
  E8M0("", "float8_e8m0fnu", SafeDType.F8_E8M0),
  // Types that safetensors lacks: their tensors are skipped.
  COMPLEX128("ComplexDoubleStorage", "complex128", 16),
  QINT8("QInt8Storage", "qint8", 1),
  QUINT8("QUInt8Storage", "quint8", 1),
  QINT32("QInt32Storage", "qint32", 4),
  QUINT4X2("QUInt4x2Storage", "quint4x2", 1),
  QUINT2X4("QUInt2x4Storage", "quint2x4", 1),
  /** Bytes, whose element type the tensor states. */
  UNTYPED("UntypedStorage", "", 1);

  private static final Map<String, ElementType> BY_STORAGE = byName(type -> type.storage);
  private static final Map<String, ElementType> BY_DTYPE = byName(type -> type.word);

  private final String storage;
  private final String word;
  private final int bytes;
  private final @Nullable SafeDType dtype;

  ElementType(String storage, String word, SafeDType dtype) {
    this.storage = storage;
    this.word = word;
    this.bytes = dtype.bytes();
    this.dtype = dtype;
  }

  ElementType(String storage, String word, int bytes) {
    this.storage = storage;
    this.word = word;
    this.bytes = bytes;
    this.dtype = null;
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

  /** The type of the elements; null if it is not supported, or the tensor states it. */
  @Nullable SafeDType dtype() {
    return dtype;
  }

  /** Bytes of an element. */
  int bytes() {
    return bytes;
  }
}
