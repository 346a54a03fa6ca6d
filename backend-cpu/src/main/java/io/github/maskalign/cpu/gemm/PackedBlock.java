package io.github.maskalign.cpu.gemm;

/**
 * A block of the right operand of a product, packed in panels of {@link Blocking#columns} columns.
 *
 * @param column its first column in the operand
 * @param columns number of columns
 * @param k its first row
 * @param depth number of rows
 * @param padded number of rows of its panels
 * @param panels one after another, in the layout of the {@link TileKernel}
 * @param start where the first begins, in elements
 */
public record PackedBlock<P>(
    int column, int columns, int k, int depth, int padded, P panels, int start) {

  /** Where the panel begins whose first column is j, in elements. */
  public int panel(int j) {
    return start + j * padded;
  }
}
