package io.github.maskalign.cuda;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;

/** What kernels are told of tensors. */
public final class Operands {

  private Operands() {}

  /** Where the first element lies on the device. */
  static long address(Tensor x) {
    CudaStorage storage = (CudaStorage) x.storage();
    return storage.address() + x.layout().offset() * x.dtype().bytes();
  }

  /** The preprocessor's definition of the type that a kernel computes in. */
  static String real(DType dtype) {
    return switch (dtype) {
      case F32 -> "REAL=float";
      case F64 -> "REAL=double";
      default -> throw new IllegalArgumentException("no kernel computes in " + dtype);
    };
  }

  /** A number as an argument of the type that a kernel computes in. */
  static Object number(DType dtype, double value) {
    return dtype == DType.F64 ? (Object) value : (Object) (float) value;
  }
}
