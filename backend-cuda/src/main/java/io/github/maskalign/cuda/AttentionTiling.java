package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;

/**
 * How the kernels of {@code attention.cu} share out the rows of all heads, and how many tokens lie
 * in shared memory at a time. Results do not depend on it.
 *
 * @param size of a head
 * @param bf16 whether on tensor cores
 * @param warps of a block, each with 16 rows
 * @param chunk tokens of two matrices in shared memory
 * @param sharedBytes of a block
 * @param blocks in all
 */
record AttentionTiling(int size, boolean bf16, int warps, int chunk, int sharedBytes, long blocks) {

  /** Every device since compute capability 8.0 gives a block as much. */
  static final int MOST_SHARED = 99 * 1024;

  /** Three blocks on a multiprocessor of compute capability 9.0, two of 8.0. */
  private static final int GOOD_SHARED = 75_000;

  private static final int ROWS = 16;
  private static final int STEP = 32;
  private static final int WARP = 32;

  /**
   * The tiling of so many rows of every head.
   *
   * @param heads of all images
   * @param own matrices of which a block keeps its rows
   * @param mostWarps that the kernel takes
   */
  static AttentionTiling of(
      long heads, int tokens, int size, int rows, int own, int mostWarps, boolean bf16) {
    int head = padded(size);
    int rowBytes = bf16 ? 2 * (head + 8) : 4 * (head + 4);
    int stepBytes = 2 * STEP * rowBytes;
    int warpBytes = own * ROWS * rowBytes + (bf16 ? 0 : ROWS * (STEP + 4) * 4);
    int groups = Math.ceilDiv(rows, ROWS);
    int tiles = Math.ceilDiv(groups, Math.min(mostWarps, (MOST_SHARED - stepBytes) / warpBytes));
    int warps = Math.ceilDiv(groups, tiles);
    int steps = Math.max(1, (GOOD_SHARED - warps * warpBytes) / stepBytes);
    int chunks = Math.ceilDiv(tokens, steps * STEP);
    int chunk = padded(Math.ceilDiv(tokens, chunks));
    return new AttentionTiling(
        size,
        bf16,
        warps,
        chunk,
        warps * warpBytes + chunk / STEP * stepBytes,
        heads * Math.ceilDiv(rows, warps * ROWS));
  }

  private static int padded(int count) {
    return Math.ceilDiv(count, STEP) * STEP;
  }

  /** The size of heads for which the kernels are compiled. */
  int head() {
    return padded(size);
  }

  Grid grid() {
    return Grid.of(blocks, warps * WARP).withShared(sharedBytes);
  }
}
