package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;

/**
 * Multi-head attention of F32, its probabilities and its gradient: {@code attention.cu}, {@code
 * attention_grad.cu}. Products are in F32, or of BF16 on tensor cores with sums in F32.
 */
final class AttentionKernel {

  private static final String FORWARD = "attention.cu";
  private static final String BACKWARD = "attention_grad.cu";
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
    return qkv.dtype() == DType.F32 && size(qkv, heads) <= MOST_HEAD;
  }

  /** softmax(scale Q K') V. */
  Tensor forward(Eager ops, Tensor qkv, int heads, double scale, boolean bf16) {
    int tokens = qkv.dim(1);
    Tensor y = ops.empty(DType.F32, qkv.shape().with(2, qkv.dim(2) / 3));
    if (y.size() > 0) {
      AttentionTiling tiling = tiling(qkv, heads, tokens, 1, mostWarps(bf16), bf16);
      kernel(FORWARD, "attention", tiling)
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
    AttentionTiling tiling = tiling(qkv, heads, tokens, 2, mostWarps, bf16);
    kernel(BACKWARD, kernel, tiling)
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
      AttentionTiling tiling = tiling(qkv, heads, to - from, 1, mostWarps(bf16), bf16);
      kernel(FORWARD, "attentionProbabilities", tiling)
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

  private static AttentionTiling tiling(
      Tensor qkv, int heads, int rows, int own, int mostWarps, boolean bf16) {
    return AttentionTiling.of(
        (long) qkv.dim(0) * heads, qkv.dim(1), size(qkv, heads), rows, own, mostWarps, bf16);
  }

  private static int size(Tensor qkv, int heads) {
    return qkv.dim(2) / (3 * heads);
  }

  private Kernel kernel(String file, String name, AttentionTiling tiling) {
    return tiling.bf16()
        ? gpu.kernels().get(file, name, "HEAD=" + tiling.head(), "TENSOR_CORES=1")
        : gpu.kernels().get(file, name, "HEAD=" + tiling.head());
  }
}
