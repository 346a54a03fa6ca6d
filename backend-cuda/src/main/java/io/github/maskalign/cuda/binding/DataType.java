package io.github.maskalign.cuda.binding;

/** Element types of the operands of matrix products, with their numbers in cudaDataType. */
public enum DataType {
  F64(1),
  F32(0),
  BF16(14);

  private final int code;

  DataType(int code) {
    this.code = code;
  }

  /** The number that libraries know. */
  public int code() {
    return code;
  }
}
