package io.github.maskalign.cpu;

/**
 * A block of the right operand of a product, in panels of {@link MicroKernel#COLUMNS} columns.
 *
 * @param column its first column in the operand
 * @param columns how many it has
 * @param k its first row
 * @param depth how many it has
 * @param panels one after another
 * @param start where the first begins
 */
record PackedBlock(int column, int columns, int k, int depth, float[] panels, int start) {

  /** Packs its columns from .. to - 1; from is a multiple of a panel's. */
  void pack(GemmOperand b, int from, int to) {
    for (int j = from; j < to; j += MicroKernel.COLUMNS) {
      int width = Math.min(MicroKernel.COLUMNS, to - j);
      Pack.b(b, k, depth, column + j, width, panels, panel(j));
    }
  }

  /** Where the panel begins that has a column. */
  int panel(int j) {
    return start + j * depth;
  }
}
