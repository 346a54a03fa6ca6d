package io.github.maskalign.cuda.binding;

/**
 * An operand of a matrix product: a batch of row-major matrices.
 *
 * @param address of the first element
 * @param type type of the elements
 * @param leading leading dimension: elements from one stored row to the next
 * @param stride elements from one matrix of the batch to the next; 0 repeats one matrix
 * @param transposed whether the product uses the transposed matrices
 */
public record Matrix(long address, DataType type, int leading, long stride, boolean transposed) {

  /** One matrix. */
  public static Matrix of(long address, DataType type, int leading) {
    return new Matrix(address, type, leading, 0, false);
  }

  /** This matrix as the first of a batch. */
  public Matrix withBatchStride(long newStride) {
    return new Matrix(address, type, leading, newStride, transposed);
  }

  /** This matrix with rows and columns exchanged. */
  public Matrix transpose() {
    return new Matrix(address, type, leading, stride, !transposed);
  }
}
