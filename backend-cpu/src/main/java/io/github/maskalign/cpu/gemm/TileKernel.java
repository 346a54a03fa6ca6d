package io.github.maskalign.cpu.gemm;

/**
 * The inner loops of the matrix product of one tier: packs operands and multiplies packed blocks.
 *
 * <p>Every element of a result is one chain of fused multiply-adds over the terms of a block,
 * whatever the tile's shape and place, so that the split of the work does not show in the bits.
 */
public interface TileKernel {

  /** The sizes of its blocks; columns of a panel divide {@value Blocking#BLOCK_COLUMNS}. */
  Blocking blocking();

  /** New panels with room for so many floats, a multiple of {@link Blocking#columns}. */
  float[][] newPanels(int floats);

  /** Borrows panels with room for so many floats. */
  float[][] takePanels(int floats);

  /** Where the first of new panels begins best, in floats. */
  default int firstPanel(float[][] panels) {
    return 0;
  }

  /** Gives panels back. */
  void givePanels(float[][] panels);

  /**
   * Packs the columns from .. to - 1 of a block of b, each a multiple of {@link
   * Blocking#packColumns} or the end.
   */
  void packB(Matrix b, PackedBlock block, int from, int to);

  /**
   * Adds the terms of a block to the rows row .. toRow - 1 and columns from .. to - 1 of a product,
   * in one thread. Columns count from the block's first.
   *
   * @param atOnce rows of A that are packed at a time
   */
  void multiply(
      GemmProduct product, PackedBlock block, int row, int toRow, int from, int to, int atOnce);
}
