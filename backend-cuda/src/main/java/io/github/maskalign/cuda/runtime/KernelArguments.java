package io.github.maskalign.cuda.runtime;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.DTypeException;
import org.jspecify.annotations.Nullable;

/** Converts tensors and numbers to arguments and compile-time definitions of kernels. */
public final class KernelArguments {

  private KernelArguments() {}

  /** The device address of a tensor's first element. */
  public static long address(Tensor x) {
    CudaStorage storage = (CudaStorage) x.storage();
    return storage.address() + x.layout().offset() * x.dtype().bytes();
  }

  /** The address of an optional tensor, or a null pointer. */
  public static long addressOrNull(@Nullable Tensor x) {
    return x == null ? 0L : address(x);
  }

  /** The definition of the type that a kernel computes in. */
  public static String real(DType dtype) {
    return switch (dtype) {
      case F32 -> "REAL=float";
      case F64 -> "REAL=double";
      case F16, BF16, I64, I32, U8 -> throw noKernel(dtype);
    };
  }

  /** The definition of the type of token ids. */
  public static String index(DType dtype) {
    return switch (dtype) {
      case I64, I32 -> "INDEX=" + dtype;
      case F64, F32, F16, BF16, U8 ->
          throw new DTypeException("no kernel reads indices of " + dtype);
    };
  }

  /** A number in the type that a kernel computes in. */
  public static Object scalar(DType dtype, double value) {
    return switch (dtype) {
      case F32 -> (Object) (float) value;
      case F64 -> (Object) value;
      case F16, BF16, I64, I32, U8 -> throw noKernel(dtype);
    };
  }

  private static DTypeException noKernel(DType dtype) {
    return new DTypeException("no kernel computes in " + dtype);
  }
}
