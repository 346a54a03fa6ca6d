package io.github.maskalign.cuda.driver;

import jcuda.jcublas.cublasComputeType;

/** The arithmetic of a matrix product. */
public enum ComputeType {
  F64(cublasComputeType.CUBLAS_COMPUTE_64F),
  F32(cublasComputeType.CUBLAS_COMPUTE_32F),
  /** F32 factors are rounded to 10 fraction bits; sums are F32. */
  TF32(cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32);

  private final int code;

  ComputeType(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
