package io.github.maskalign.cpu.gemm;

/**
 * The inner loops of the matrix product of one tier: packs operands and multiplies packed blocks.
 *
 * <p>Every element of a result is one chain of fused multiply-adds over the terms of a block,
 * whatever the tile's shape and place, so that the split of the work does not show in the bits.
 *
 * @param <P> panels of packed operands
 */
public interface TileKernel<P> {

  /** The sizes of its blocks; columns of a panel divide those of a block. */
  Blocking blocking();

  /** New panels with room for so many elements, a multiple of {@link Blocking#columns}. */
  P newPanels(int elements);

  /** Whether memory has room for new panels of so many elements, and more. */
  boolean fits(long elements);

  /** Borrows panels with room for so many elements. */
  P takePanels(int elements);

  /** Where the first of panels begins best, in elements. */
  default int firstPanel(P panels) {
    return 0;
  }

  /** Gives panels back. */
  void givePanels(P panels);

  /**
   * Packs the columns from .. to - 1 of a block of b, each a multiple of {@link
   * Blocking#packColumns} or the end.
   */
  void packB(Matrix b, PackedBlock<P> block, int from, int to);

  /**
   * Adds the terms of a block to the rows row .. toRow - 1 and columns from .. to - 1 of a product,
   * in one thread. Columns count from the block's first.
   *
   * @param atOnce rows of A that are packed at a time
   */
  void multiply(
      GemmProduct product, PackedBlock<P> block, int row, int toRow, int from, int to, int atOnce);
}
