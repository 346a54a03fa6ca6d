package io.github.maskalign.cuda.driver;

/**
 * An operand of a product: matrices of a batch, each stored by rows.
 *
 * @param address of the first element
 * @param element type of the elements
 * @param leading elements from one stored row to the next
 * @param stride elements from one matrix of the batch to the next; 0 takes the same each time
 * @param transposed whether the product takes the rows as columns
 */
public record Matrix(long address, Element element, int leading, long stride, boolean transposed) {

  /** One matrix. */
  public static Matrix of(long address, Element element, int leading) {
    return new Matrix(address, element, leading, 0, false);
  }

  /** This matrix as the first of a batch. */
  public Matrix every(long newStride) {
    return new Matrix(address, element, leading, newStride, transposed);
  }

  /** This matrix with rows and columns exchanged. */
  public Matrix transpose() {
    return new Matrix(address, element, leading, stride, !transposed);
  }
}
