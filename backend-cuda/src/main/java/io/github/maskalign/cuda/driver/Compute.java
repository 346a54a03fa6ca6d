package io.github.maskalign.cuda.driver;

import jcuda.jcublas.cublasComputeType;

/** What a product multiplies and adds in. */
public enum Compute {
  F64(cublasComputeType.CUBLAS_COMPUTE_64F),
  F32(cublasComputeType.CUBLAS_COMPUTE_32F),
  /** Factors of F32 are rounded to 10 bits behind the point; sums are F32. */
  TF32(cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32);

  private final int code;

  Compute(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
