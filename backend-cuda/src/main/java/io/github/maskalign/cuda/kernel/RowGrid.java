package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.Tensor;

/**
 * The grid of a kernel over rows, see {@code rows.cuh}: a warp per row, or a block if rows are
 * long.
 *
 * @param rows number of rows: all axes but the last
 * @param columns size of a row, not 0
 */
record RowGrid(long rows, int columns) {

  private static final int WARP_SIZE = 32;

  /** Longer rows get a block each. */
  private static final int MAX_COLUMNS_PER_WARP = 1024;

  private static final int THREADS = 256;

  /** The rows of a tensor that is not empty. */
  static RowGrid of(Tensor x) {
    return new RowGrid(x.size() / x.dim(-1), x.dim(-1));
  }

  /** A warp or a block, the only numbers that the kernels support. */
  int threadsPerRow() {
    return columns <= MAX_COLUMNS_PER_WARP ? WARP_SIZE : THREADS;
  }

  Grid grid() {
    return Grid.covering(rows * threadsPerRow(), THREADS);
  }
}
