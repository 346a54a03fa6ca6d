package io.github.maskalign.cpu;

/**
 * The right operand of products, [k, n], in the panels that {@link Gemm} reads, so that a weight
 * used again and again is packed once. Of a single picture's tokens, packing takes a fifth of a
 * product's time.
 *
 * @param offset of the matrix in its storage, in floats
 * @param k rows
 * @param n columns
 * @param panels block by block, columns before rows
 */
record PackedMatrix(long offset, int k, int n, float[] panels) {

  /** Where the panels of a block begin, that of column and row k. */
  int start(int column, int row) {
    return column * k + Gemm.blockWidth(n - column) * row;
  }

  /** Whether the Java heap has room for another copy of a matrix, and more. */
  static boolean fits(int k, int n) {
    Runtime runtime = Runtime.getRuntime();
    long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    return floats(k, n) <= Integer.MAX_VALUE && 4 * 4 * floats(k, n) < free;
  }

  /** Length of the panels. */
  static long floats(int k, int n) {
    return (long) k * Gemm.roundUp(n, MicroKernel.COLUMNS);
  }

  /** Whether this is the right operand of a product in the same storage. */
  boolean isOf(GemmProduct product) {
    return product.b().offset() == offset && product.k() == k && product.n() == n;
  }
}
