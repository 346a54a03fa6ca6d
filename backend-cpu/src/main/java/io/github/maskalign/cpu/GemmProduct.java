package io.github.maskalign.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.maskalign.tensor.error.ShapeException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One product, c [m, n] = a [m, k] b [k, n] (+ bias [n], or + c), and the steps that it is made of.
 */
record GemmProduct(
    int m,
    int n,
    int k,
    GemmOperand a,
    GemmOperand b,
    GemmOperand c,
    @Nullable MemorySegment bias,
    long biasOffset,
    boolean accumulate) {

  GemmProduct {
    if (c.columnStride() != 1 && n > 1) {
      throw new ShapeException(
          "sgemm: the result's column stride is %d; give one whose rows are contiguous"
              .formatted(c.columnStride()));
    }
    if (bias != null && accumulate) {
      throw new ShapeException(
          "sgemm: both a bias and accumulate; add the bias in the first of the products only");
    }
  }

  /**
   * The tiles of some rows, packed, with columns from .. to - 1 of a block of b.
   *
   * @param tile room for one tile
   */
  void tiles(
      int row, int rows, int from, int to, PackedBlock block, float[] packedA, float[] tile) {
    int depth = block.depth();
    int column = block.column();
    boolean first = block.k() == 0;
    boolean withBias = first && bias != null;
    boolean add = withBias || accumulate || !first;
    MemorySegment out = c.segment();
    MemorySegment addend = withBias ? bias : out;
    long cRow = 4 * c.rowStride();
    long addendRow = withBias ? 0 : cRow;
    for (int j = from; j < to; j += MicroKernel.COLUMNS) {
      int width = Math.min(MicroKernel.COLUMNS, to - j);
      for (int i = 0; i < rows; i += MicroKernel.ROWS) {
        long at = c.at(row + i, column + j);
        long addendAt = withBias ? 4 * (biasOffset + column + j) : at;
        int height = Math.min(MicroKernel.ROWS, rows - i);
        MicroKernel.run(depth, packedA, i * depth, block.panels(), block.panel(j), tile);
        MicroKernel.store(tile, height, width, out, at, cRow, addend, addendAt, addendRow, add);
      }
    }
  }

  /** The result for k = 0, a sum of no terms. */
  void fill() {
    if (accumulate) {
      return;
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float value = bias == null ? 0 : bias.get(JAVA_FLOAT_UNALIGNED, 4 * (biasOffset + j));
        c.segment().set(JAVA_FLOAT_UNALIGNED, c.at(i, j), value);
      }
    }
  }
}
