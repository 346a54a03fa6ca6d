package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.gemm.Gemm;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of one tier, over the same threads and scratch memory.
 *
 * @param name of the backend
 * @param description what computes, such as {@code plain Java}
 * @param numerics what decides the bits, with a revision that is raised when they change
 * @param peak measures the multiply-adds of products that one thread can do, in FLOP/s; null if the
 *     tier cannot
 * @param products of matrices
 * @param factor rounds their factors; null if they take floats as they are
 */
public record Kernels(
    String name,
    String description,
    String numerics,
    @Nullable DoubleSupplier peak,
    Gemm<?> products,
    @Nullable FactorKernel factor,
    UnaryKernel unary,
    BinaryKernel binary,
    ReduceKernel reduce,
    GatherKernel gather,
    GeluKernel gelu,
    ResidualKernel residual,
    SoftmaxKernel softmax,
    LayerNormKernel layerNorm,
    AttentionKernel attention,
    MixKernel mix,
    LossKernel loss,
    AccumulateKernel accumulate,
    AdamWKernel adamW) {

  /** The same with other products, which round their factors as given, and other attention. */
  public Kernels with(
      String newDescription,
      String newNumerics,
      DoubleSupplier newPeak,
      Gemm<?> newProducts,
      @Nullable FactorKernel newFactor,
      AttentionKernel newAttention) {
    return new Kernels(
        name,
        newDescription,
        newNumerics,
        newPeak,
        newProducts,
        newFactor,
        unary,
        binary,
        reduce,
        gather,
        gelu,
        residual,
        softmax,
        layerNorm,
        newAttention,
        mix,
        loss,
        accumulate,
        adamW);
  }
}
