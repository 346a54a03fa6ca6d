package io.github.maskalign.cuda.binding;

/** The arithmetic of a matrix product, with its number in cublasComputeType. */
public enum ComputeType {
  F64(70),
  F32(68),
  /** F32 factors are rounded to 10 fraction bits; sums are F32. */
  TF32(77);

  private final int code;

  ComputeType(int code) {
    this.code = code;
  }

  /** The number that libraries know. */
  public int code() {
    return code;
  }
}
