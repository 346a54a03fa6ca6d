package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

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

  /** Whether the kernels support this type and size of heads, and the mask. */
  public static boolean supports(Tensor qkv, int heads, AttentionMask mask) {
    return qkv.dtype() == DType.F32 && headSize(qkv, heads) <= MAX_HEAD_SIZE && mask.bias() == null;
  }

  /**
   * What attention is computed of.
   *
   * @param bf16 whether to round the operands of products to BF16, for tensor cores
   */
  public record Input(Tensor qkv, int heads, double scale, AttentionMask mask, boolean bf16) {

    private int images() {
      return qkv.dim(0);
    }

    private int tokens() {
      return qkv.dim(1);
    }

    private int maxWarps() {
      return bf16 ? MAX_WARPS_BF16 : MAX_WARPS_F32;
    }

    /** The factor of scores, of which powers of 2 are taken. */
    private float factor() {
      return (float) (scale * LOG2_E);
    }

    /** The address of the mask's keys, or null. */
    private long keys() {
      return mask.keys() == null ? 0 : KernelArguments.address(mask.keys());
    }

    private int causal() {
      return mask.causal() ? 1 : 0;
    }

    private AttentionTiling tiling(int rows, int residentMatrices, int maxWarps) {
      int headSize = headSize(qkv, heads);
      return AttentionTiling.of(
          (long) images() * heads, tokens(), headSize, rows, residentMatrices, maxWarps, bf16);
    }
  }

  /** softmax(scale Q K') V. */
  public Tensor forward(Eager ops, Input in) {
    return forward(ops, null, in, in.tokens());
  }

  /** The same for other queries [B, Q, D]. */
  public Tensor forward(Eager ops, Tensor q, Input in) {
    return forward(ops, q, in, q.dim(1));
  }

  private Tensor forward(Eager ops, @Nullable Tensor q, Input in, int queries) {
    Tensor y = ops.empty(DType.F32, Shape.of(in.images(), queries, in.qkv.dim(2) / 3));
    if (y.size() > 0) {
      AttentionTiling tiling = in.tiling(queries, 1, in.maxWarps());
      kernel(FORWARD, "attention", in, tiling)
          .launch(
              gpu.compute(),
              tiling.grid(),
              q == null ? 0L : KernelArguments.address(q),
              KernelArguments.address(in.qkv),
              KernelArguments.address(y),
              queries,
              in.tokens(),
              in.heads,
              tiling.headSize(),
              tiling.chunk(),
              in.factor(),
              in.keys(),
              in.causal());
    }
    return y;
  }

  /** The gradient of qkv. */
  public Tensor backward(Eager ops, Input in, Tensor g) {
    Tensor dqkv = ops.emptyLike(in.qkv);
    if (dqkv.size() == 0) {
      return dqkv;
    }
    Tensor stats = ops.empty(DType.F32, Shape.of(in.images(), in.heads, 2, in.tokens()));
    launchGrad("attentionQueryGrad", in.maxWarps(), in, g, dqkv, stats);
    launchGrad("attentionKeyValueGrad", MAX_WARPS_KEY_VALUE_GRAD, in, g, dqkv, stats);
    ops.discard(stats);
    return dqkv;
  }

  private void launchGrad(
      String kernel, int maxWarps, Input in, Tensor g, Tensor dqkv, Tensor stats) {
    AttentionTiling tiling = in.tiling(in.tokens(), 2, maxWarps);
    kernel(BACKWARD, kernel, in, tiling)
        .launch(
            gpu.compute(),
            tiling.grid(),
            KernelArguments.address(in.qkv),
            KernelArguments.address(g),
            KernelArguments.address(dqkv),
            KernelArguments.address(stats),
            in.tokens(),
            in.heads,
            tiling.headSize(),
            tiling.chunk(),
            in.factor(),
            (float) in.scale,
            in.keys(),
            in.causal());
  }

  /** Softmax probabilities of queries {@code from <= q < to}: [B, heads, to - from, T]. */
  public Tensor probabilities(Eager ops, Input in, int from, int to) {
    Tensor p = ops.empty(DType.F32, Shape.of(in.images(), in.heads, to - from, in.tokens()));
    if (p.size() > 0) {
      AttentionTiling tiling = in.tiling(to - from, 1, in.maxWarps());
      kernel(FORWARD, "attentionProbabilities", in, tiling)
          .launch(
              gpu.compute(),
              tiling.grid(),
              KernelArguments.address(in.qkv),
              KernelArguments.address(p),
              in.tokens(),
              in.heads,
              tiling.headSize(),
              tiling.chunk(),
              in.factor(),
              in.keys(),
              in.causal(),
              from,
              to);
    }
    return p;
  }

  private static int headSize(Tensor qkv, int heads) {
    return qkv.dim(2) / (3 * heads);
  }

  private Kernel kernel(String file, String name, Input in, AttentionTiling tiling) {
    return gpu.kernels()
        .get(
            file,
            name,
            "HEAD=" + tiling.paddedHead(),
            in.bf16 ? "MATH=MMA" : "MATH=FMA",
            in.mask.isNone() ? "MASK=0" : "MASK=1");
  }
}
