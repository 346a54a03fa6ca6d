package io.github.maskalign.cuda.driver;

import jcuda.cudaDataType;

/** Element types of the operands of matrix products. */
public enum DataType {
  F64(cudaDataType.CUDA_R_64F),
  F32(cudaDataType.CUDA_R_32F),
  BF16(cudaDataType.CUDA_R_16BF);

  private final int code;

  DataType(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
