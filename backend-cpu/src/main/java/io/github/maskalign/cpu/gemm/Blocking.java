package io.github.maskalign.cpu.gemm;

/**
 * The sizes of the blocks into which {@link Gemm} cuts products.
 *
 * @param rows of a tile
 * @param columns of a panel of B; the columns of a task are a multiple of them
 * @param packColumns columns of B that one task packs: a multiple of the panel's or a part of them
 * @param depth maximum terms of a partial sum: more mean fewer passes over C, whose cache misses
 *     are not hidden; fewer keep the panels in the first-level cache
 * @param blockRows rows of A that are packed at a time: with depth, a part of the second-level
 *     cache
 * @param blockColumns columns of B that are packed at a time: with depth, a part of the third-level
 *     cache; A is packed again for each such block
 * @param terms panels have a multiple of so many terms, by padding; so has every partial sum but
 *     the last
 */
public record Blocking(
    int rows, int columns, int packColumns, int depth, int blockRows, int blockColumns, int terms) {

  /** Terms of the partial sums over k, except the last. */
  int depth(int k) {
    return padded(Math.ceilDiv(k, Math.max(1, Math.ceilDiv(k, depth))));
  }

  /** Terms of panels with so many terms of a product. */
  int padded(int k) {
    return roundUp(k, terms);
  }

  /** Columns of a packed block where so many columns are left. */
  int blockWidth(int columnsLeft) {
    return Math.min(blockColumns, roundUp(columnsLeft, columns));
  }

  /** Elements of a packed matrix [k, n]. */
  long elements(int k, int n) {
    return (long) padded(k) * roundUp(n, columns);
  }

  /** The smallest multiple of a unit that is not below n. */
  public static int roundUp(int n, int unit) {
    return Math.ceilDiv(n, unit) * unit;
  }
}
