package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;

/**
 * Divides the rows of all heads among the blocks of {@code attention.cu}, and the tokens into
 * chunks that fit into shared memory. Results do not depend on the tiling.
 *
 * @param headSize size of a head
 * @param warps warps per block, each with 16 rows
 * @param chunk tokens of two matrices in shared memory
 * @param sharedBytes shared memory per block
 * @param blocks number of blocks
 */
record AttentionTiling(int headSize, int warps, int chunk, int sharedBytes, long blocks) {

  /** Available to a block on every device since compute capability 8.0. */
  static final int MAX_SHARED = 99 * 1024;

  /** Allows three blocks per multiprocessor of compute capability 9.0, two of 8.0. */
  private static final int TARGET_SHARED = 75_000;

  private static final int ROWS = 16;
  private static final int STEP = 32;
  private static final int WARP_SIZE = 32;

  /**
   * The tiling of a number of rows of every head.
   *
   * @param heads heads of all images
   * @param residentMatrices matrices of which a block keeps its rows in shared memory
   * @param maxWarps maximum warps per block of the kernel
   * @param bf16 whether to use tensor cores
   */
  static AttentionTiling of(
      long heads,
      int tokens,
      int headSize,
      int rows,
      int residentMatrices,
      int maxWarps,
      boolean bf16) {
    int padded = pad(headSize);
    int rowBytes = bf16 ? 2 * (padded + 8) : 4 * (padded + 4);
    int stepBytes = 2 * STEP * rowBytes;
    int warpBytes = residentMatrices * ROWS * rowBytes + (bf16 ? 0 : ROWS * (STEP + 4) * 4);
    int groups = Math.ceilDiv(rows, ROWS);
    int tiles = Math.ceilDiv(groups, Math.min(maxWarps, (MAX_SHARED - stepBytes) / warpBytes));
    int warps = Math.ceilDiv(groups, tiles);
    int steps = Math.max(1, (TARGET_SHARED - warps * warpBytes) / stepBytes);
    int chunks = Math.ceilDiv(tokens, steps * STEP);
    int chunk = pad(Math.ceilDiv(tokens, chunks));
    return new AttentionTiling(
        headSize,
        warps,
        chunk,
        warps * warpBytes + chunk / STEP * stepBytes,
        heads * Math.ceilDiv(rows, warps * ROWS));
  }

  private static int pad(int count) {
    return Math.ceilDiv(count, STEP) * STEP;
  }

  /** The size of heads for which the kernels are compiled. */
  int paddedHead() {
    return pad(headSize);
  }

  Grid grid() {
    return Grid.of(blocks, warps * WARP_SIZE).withShared(sharedBytes);
  }
}
