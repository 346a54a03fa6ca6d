package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;

/**
 * Multi-head attention of F32, its probabilities and its gradient: {@code attention.cu}, {@code
 * attention_grad.cu}. Products are F32, or BF16 on tensor cores with F32 accumulators.
 */
public final class AttentionKernel {

  private static final String FORWARD = "attention.cu";
  private static final String BACKWARD = "attention_grad.cu";
  private static final int MAX_HEAD_SIZE = 128;
  private static final double LOG2_E = 1.4426950408889634;

  // The launch bounds, which limit the registers per thread.
  private static final int MAX_WARPS_BF16 = 8;
  private static final int MAX_WARPS_F32 = 4;
  private static final int MAX_WARPS_KEY_VALUE_GRAD = 4;

  private final Gpu gpu;

  /** The kernels of one device. */
  public AttentionKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Whether the kernels support this type and size of heads. */
  public static boolean supports(Tensor qkv, int heads) {
    return qkv.dtype() == DType.F32 && headSize(qkv, heads) <= MAX_HEAD_SIZE;
  }

  /** softmax(scale Q K') V. */
  public Tensor forward(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, boolean bf16) {
    int tokens = qkv.dim(1);
    Tensor y = ops.empty(DType.F32, qkv.shape().with(2, qkv.dim(2) / 3));
    if (y.size() > 0) {
      AttentionTiling tiling = tiling(qkv, heads, tokens, 1, maxWarps(bf16), bf16);
      kernel(FORWARD, "attention", mask, tiling)
          .launch(
              gpu.compute(),
              tiling.grid(),
              KernelArguments.address(qkv),
              KernelArguments.address(y),
              tokens,
              heads,
              tiling.headSize(),
              tiling.chunk(),
              (float) (scale * LOG2_E),
              keys(mask),
              causal(mask));
    }
    return y;
  }

  /** The gradient of qkv. */
  public Tensor backward(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, Tensor g, boolean bf16) {
    int tokens = qkv.dim(1);
    Tensor dqkv = ops.emptyLike(qkv);
    if (qkv.size() == 0) {
      return dqkv;
    }
    Tensor stats = ops.empty(DType.F32, Shape.of(qkv.dim(0), heads, 2, tokens));
    launchGrad("attentionQueryGrad", maxWarps(bf16), qkv, heads, scale, mask, g, dqkv, stats, bf16);
    launchGrad(
        "attentionKeyValueGrad",
        MAX_WARPS_KEY_VALUE_GRAD,
        qkv,
        heads,
        scale,
        mask,
        g,
        dqkv,
        stats,
        bf16);
    ops.discard(stats);
    return dqkv;
  }

  private void launchGrad(
      String kernel,
      int maxWarps,
      Tensor qkv,
      int heads,
      double scale,
      AttentionMask mask,
      Tensor g,
      Tensor dqkv,
      Tensor stats,
      boolean bf16) {
    int tokens = qkv.dim(1);
    AttentionTiling tiling = tiling(qkv, heads, tokens, 2, maxWarps, bf16);
    kernel(BACKWARD, kernel, mask, tiling)
        .launch(
            gpu.compute(),
            tiling.grid(),
            KernelArguments.address(qkv),
            KernelArguments.address(g),
            KernelArguments.address(dqkv),
            KernelArguments.address(stats),
            tokens,
            heads,
            tiling.headSize(),
            tiling.chunk(),
            (float) (scale * LOG2_E),
            (float) scale,
            keys(mask),
            causal(mask));
  }

  /** Softmax probabilities of queries {@code from <= q < to}: [B, heads, to - from, T]. */
  public Tensor probabilities(
      Eager ops,
      Tensor qkv,
      int heads,
      double scale,
      AttentionMask mask,
      int from,
      int to,
      boolean bf16) {
    int tokens = qkv.dim(1);
    Tensor p = ops.empty(DType.F32, Shape.of(qkv.dim(0), heads, to - from, tokens));
    if (p.size() > 0) {
      AttentionTiling tiling = tiling(qkv, heads, to - from, 1, maxWarps(bf16), bf16);
      kernel(FORWARD, "attentionProbabilities", mask, tiling)
          .launch(
              gpu.compute(),
              tiling.grid(),
              KernelArguments.address(qkv),
              KernelArguments.address(p),
              tokens,
              heads,
              tiling.headSize(),
              tiling.chunk(),
              (float) (scale * LOG2_E),
              keys(mask),
              causal(mask),
              from,
              to);
    }
    return p;
  }

  private static int maxWarps(boolean bf16) {
    return bf16 ? MAX_WARPS_BF16 : MAX_WARPS_F32;
  }

  private static AttentionTiling tiling(
      Tensor qkv, int heads, int rows, int residentMatrices, int maxWarps, boolean bf16) {
    return AttentionTiling.of(
        (long) qkv.dim(0) * heads,
        qkv.dim(1),
        headSize(qkv, heads),
        rows,
        residentMatrices,
        maxWarps,
        bf16);
  }

  private static int headSize(Tensor qkv, int heads) {
    return qkv.dim(2) / (3 * heads);
  }

  /** The address of the mask's keys, or null. */
  private static long keys(AttentionMask mask) {
    return mask.keys() == null ? 0 : KernelArguments.address(mask.keys());
  }

  private static int causal(AttentionMask mask) {
    return mask.causal() ? 1 : 0;
  }

  private Kernel kernel(String file, String name, AttentionMask mask, AttentionTiling tiling) {
    return gpu.kernels()
        .get(
            file,
            name,
            "HEAD=" + tiling.paddedHead(),
            tiling.bf16() ? "MATH=MMA" : "MATH=FMA",
            mask.isNone() ? "MASK=0" : "MASK=1");
  }
}
