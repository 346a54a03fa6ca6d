package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;

/**
 * Multi-head attention of F32, its gradient and its probabilities: {@code attention.cu}. Products
 * are in F32, or of BF16 on tensor cores with sums in F32.
 */
final class AttentionKernel {

  private static final String FILE = "attention.cu";
  private static final int MOST_HEAD = 128;
  private static final double LOG2_E = 1.4426950408889634;

  // Bounds of the launches, and of the registers that a block's threads have to share.
  private static final int MOST_WARPS_BF16 = 8;
  private static final int MOST_WARPS_F32 = 4;
  private static final int MOST_WARPS_OF_KEYS = 4;

  private final Gpu gpu;

  AttentionKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Whether the kernels are for this type and size of heads. */
  static boolean takes(Tensor qkv, int heads) {
    return qkv.dtype() == DType.F32 && qkv.dim(2) / (3 * heads) <= MOST_HEAD;
  }

  /** softmax(scale Q K') V. */
  Tensor forward(Eager ops, Tensor qkv, int heads, double scale, boolean bf16) {
    int tokens = qkv.dim(1);
    Tensor y = ops.empty(DType.F32, qkv.shape().with(2, qkv.dim(2) / 3));
    if (y.size() > 0) {
      Tiling tiling = Tiling.of(qkv, heads, tokens, 1, mostWarps(bf16), bf16);
      kernel("attention", tiling)
          .launch(
              gpu.compute(),
              tiling.grid(),
              Operands.address(qkv),
              Operands.address(y),
              tokens,
              heads,
              tiling.size(),
              tiling.chunk(),
              (float) (scale * LOG2_E));
    }
    return y;
  }

  /** The gradient for qkv. */
  Tensor backward(Eager ops, Tensor qkv, int heads, double scale, Tensor g, boolean bf16) {
    int tokens = qkv.dim(1);
    Tensor slopes = ops.emptyLike(qkv);
    if (qkv.size() == 0) {
      return slopes;
    }
    Tensor stats = ops.empty(DType.F32, Shape.of(qkv.dim(0), heads, 2, tokens));
    backward("attentionGradQueries", mostWarps(bf16), qkv, heads, scale, g, slopes, stats, bf16);
    backward("attentionGradKeys", MOST_WARPS_OF_KEYS, qkv, heads, scale, g, slopes, stats, bf16);
    ops.discard(stats);
    return slopes;
  }

  private void backward(
      String kernel,
      int mostWarps,
      Tensor qkv,
      int heads,
      double scale,
      Tensor g,
      Tensor slopes,
      Tensor stats,
      boolean bf16) {
    int tokens = qkv.dim(1);
    Tiling tiling = Tiling.of(qkv, heads, tokens, 2, mostWarps, bf16);
    kernel(kernel, tiling)
        .launch(
            gpu.compute(),
            tiling.grid(),
            Operands.address(qkv),
            Operands.address(g),
            Operands.address(slopes),
            Operands.address(stats),
            tokens,
            heads,
            tiling.size(),
            tiling.chunk(),
            (float) (scale * LOG2_E),
            (float) scale);
  }

  /** Softmax probabilities of queries {@code from <= q < to}: [B, heads, to - from, T]. */
  Tensor probabilities(
      Eager ops, Tensor qkv, int heads, double scale, int from, int to, boolean bf16) {
    int tokens = qkv.dim(1);
    Tensor p = ops.empty(DType.F32, Shape.of(qkv.dim(0), heads, to - from, tokens));
    if (p.size() > 0) {
      Tiling tiling = Tiling.of(qkv, heads, to - from, 1, mostWarps(bf16), bf16);
      kernel("attentionProbabilities", tiling)
          .launch(
              gpu.compute(),
              tiling.grid(),
              Operands.address(qkv),
              Operands.address(p),
              tokens,
              heads,
              tiling.size(),
              tiling.chunk(),
              (float) (scale * LOG2_E),
              from,
              to);
    }
    return p;
  }

  private static int mostWarps(boolean bf16) {
    return bf16 ? MOST_WARPS_BF16 : MOST_WARPS_F32;
  }

  private Kernel kernel(String name, Tiling tiling) {
    return tiling.bf16()
        ? gpu.kernels().get(FILE, name, "HEAD=" + tiling.head(), "TENSOR_CORES=1")
        : gpu.kernels().get(FILE, name, "HEAD=" + tiling.head());
  }

  /**
   * How the rows of all heads are shared out, and how many tokens lie in shared memory at a time.
   *
   * @param size of a head
   * @param warps of a block, each with 16 rows
   * @param chunk tokens of two matrices in shared memory
   * @param bytes of shared memory
   * @param blocks in all
   */
  private record Tiling(int size, boolean bf16, int warps, int chunk, int bytes, long blocks) {

    private static final int ROWS = 16;
    private static final int STEP = 32;
    private static final int WARP = 32;

    /** Three blocks on a multiprocessor of compute capability 9.0, two of 8.0. */
    private static final int SHARED_BYTES = 75_000;

    /**
     * The tiling of so many rows of every head.
     *
     * @param own matrices of which a block keeps its rows
     */
    static Tiling of(Tensor qkv, int heads, int rows, int own, int mostWarps, boolean bf16) {
      int tokens = qkv.dim(1);
      int size = qkv.dim(2) / (3 * heads);
      int head = Math.ceilDiv(size, STEP) * STEP;
      int rowBytes = bf16 ? 2 * (head + 8) : 4 * (head + 4);
      int groups = Math.ceilDiv(rows, ROWS);
      int tiles = Math.ceilDiv(groups, mostWarps);
      int warps = Math.ceilDiv(groups, tiles);
      int scratch = bf16 ? 0 : warps * ROWS * (STEP + 4) * 4;
      int kept = scratch + own * warps * ROWS * rowBytes;
      int fitting = Math.max(1, (SHARED_BYTES - kept) / (2 * rowBytes * STEP)) * STEP;
      int chunks = Math.ceilDiv(tokens, fitting);
      int chunk = Math.ceilDiv(Math.ceilDiv(tokens, chunks), STEP) * STEP;
      int bytes = kept + 2 * chunk * rowBytes;
      long blocks = (long) qkv.dim(0) * heads * Math.ceilDiv(rows, warps * ROWS);
      return new Tiling(size, bf16, warps, chunk, bytes, blocks);
    }

    /** The size for which the kernels are compiled. */
    int head() {
      return Math.ceilDiv(size, STEP) * STEP;
    }

    Grid grid() {
      return Grid.of(blocks, warps * WARP).withShared(bytes);
    }
  }
}
