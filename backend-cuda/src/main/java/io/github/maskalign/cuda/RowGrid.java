package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.Tensor;

/**
 * How kernels that go over rows share them out, see {@code rows.cuh}.
 *
 * @param rows of the last axis
 * @param columns of each, not 0
 */
record RowGrid(long rows, int columns) {

  private static final int WARP = 32;

  /** Rows beyond this many columns are for a block each. */
  private static final int MOST_OF_A_WARP = 1024;

  private static final int THREADS = 256;

  /** The rows of a tensor that is not empty. */
  static RowGrid of(Tensor x) {
    return new RowGrid(x.size() / x.dim(-1), x.dim(-1));
  }

  /** Threads that share a row. */
  int team() {
    return columns <= MOST_OF_A_WARP ? WARP : THREADS;
  }

  /** A team for every row. */
  Grid grid() {
    return Grid.covering(rows * team(), THREADS);
  }
}
