package io.github.maskalign.cuda.driver;

import jcuda.cudaDataType;

/** Types of the elements that products read and write. */
public enum Element {
  F64(cudaDataType.CUDA_R_64F),
  F32(cudaDataType.CUDA_R_32F),
  BF16(cudaDataType.CUDA_R_16BF);

  private final int code;

  Element(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
