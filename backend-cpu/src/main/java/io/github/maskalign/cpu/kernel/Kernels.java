package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.gemm.Gemm;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of one tier, over the same threads and scratch memory.
 *
 * @param name of the backend
 * @param description what computes, such as {@code plain Java}
 * @param revision of the bits that the kernels compute, which is raised when they change
 * @param peak measures the multiply-adds that one thread can do on registers, in FLOP/s; null if
 *     the tier cannot
 * @param products of matrices
 */
public record Kernels(
    String name,
    String description,
    int revision,
    @Nullable DoubleSupplier peak,
    Gemm products,
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
    AdamWKernel adamW) {}
