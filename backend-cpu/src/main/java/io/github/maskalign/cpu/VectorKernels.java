package io.github.maskalign.cpu;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.Bf16Rate;
import io.github.maskalign.cpu.gemm.Gemm;
import io.github.maskalign.cpu.kernel.AttentionByLength;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.cpu.vector.FmaPeak;
import io.github.maskalign.cpu.vector.Lanes;
import io.github.maskalign.cpu.vector.VectorAccumulate;
import io.github.maskalign.cpu.vector.VectorAdamW;
import io.github.maskalign.cpu.vector.VectorBinary;
import io.github.maskalign.cpu.vector.VectorGather;
import io.github.maskalign.cpu.vector.VectorGelu;
import io.github.maskalign.cpu.vector.VectorLayerNorm;
import io.github.maskalign.cpu.vector.VectorLoss;
import io.github.maskalign.cpu.vector.VectorMix;
import io.github.maskalign.cpu.vector.VectorReduce;
import io.github.maskalign.cpu.vector.VectorResidual;
import io.github.maskalign.cpu.vector.VectorSoftmax;
import io.github.maskalign.cpu.vector.VectorUnary;
import io.github.maskalign.cpu.vector.attention.VectorAttention;
import io.github.maskalign.cpu.vector.bf16.Bf16Attention;
import io.github.maskalign.cpu.vector.bf16.Bf16Factors;
import io.github.maskalign.cpu.vector.bf16.Bf16Tile;
import io.github.maskalign.cpu.vector.gemm.VectorTile;

/** The kernels on the Vector API. Loaded only where its module is present. */
public final class VectorKernels {

  /** Since 2, products have up to 1,024 terms per partial sum; attention's softmax is of base 2. */
  private static final String REVISION = "revision 2";

  /**
   * Tokens from which attention by products of BF16 is about as fast as {@link VectorAttention}, or
   * faster; docs/bf16.md has measurements.
   */
  private static final int ATTENTION_TOKENS = 128;

  private VectorKernels() {}

  /** The kernels on the given threads. */
  public static Kernels create(Workers workers, Scratch scratch) {
    String tier = "Vector API, " + Lanes.F32.vectorBitSize() + "-bit vectors";
    return new Kernels(
        "cpu",
        tier,
        tier + ", " + REVISION,
        FmaPeak::measure,
        new Gemm<>(workers, new VectorTile(scratch)),
        null,
        new VectorUnary(workers, scratch),
        new VectorBinary(workers, scratch),
        new VectorReduce(workers, scratch),
        new VectorGather(workers, scratch),
        new VectorGelu(workers, scratch),
        new VectorResidual(),
        new VectorSoftmax(workers, scratch),
        new VectorLayerNorm(workers, scratch),
        new VectorAttention(workers, scratch),
        new VectorMix(workers, scratch),
        new VectorLoss(workers, scratch),
        new VectorAccumulate(workers, scratch),
        new VectorAdamW(workers, scratch));
  }

  /**
   * The kernels with products of factors of BF16, and attention where that is faster.
   *
   * @param products how they are computed, for display
   */
  public static Kernels withBf16(
      Kernels kernels, Workers workers, Scratch scratch, Bf16Kernel inner, String products) {
    return withBf16(kernels, workers, scratch, inner, products, ATTENTION_TOKENS);
  }

  /**
   * The same with another choice.
   *
   * @param attentionTokens of a sequence whose attention has factors of BF16, at least
   */
  static Kernels withBf16(
      Kernels kernels,
      Workers workers,
      Scratch scratch,
      Bf16Kernel inner,
      String products,
      int attentionTokens) {
    Gemm<?> gemm = new Gemm<>(workers, new Bf16Tile(inner, scratch));
    Bf16Attention attention =
        new Bf16Attention(workers, scratch, gemm, kernels.softmax(), kernels.unary());
    return kernels.with(
        kernels.description() + ", " + products,
        kernels.numerics() + ", BF16 products",
        new Bf16Rate(inner)::measure,
        gemm,
        new Bf16Factors(),
        new AttentionByLength(workers, scratch, attentionTokens, kernels.attention(), attention));
  }
}
