package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Layer norm over the last axis and its gradients: {@code layernorm.cu}. */
public final class LayerNormKernel {

  private static final String FILE = "layernorm.cu";

  /** Longer rows do not fit into the registers of a block. */
  private static final int MAX_COLUMNS = 4096;

  private static final int ELEMENTS_PER_THREAD = 4;
  private static final int WARP_SIZE = 32;

  /** Enough for the largest device; constant, so that all devices add in the same order. */
  private static final int MAX_BLOCKS = 1024;

  private static final int THREADS = 256;

  private final Gpu gpu;

  /** The kernels of one device. */
  public LayerNormKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** y = (x - mean) / sqrt(variance + eps), then gamma y + beta if given. */
  public Tensor forward(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return forward(ops, x, gamma, beta, eps, x.dtype());
  }

  /** The same, rounded to another type. */
  public Tensor forward(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps, DType out) {
    Tensor y = ops.empty(out, x.shape());
    if (x.size() > 0) {
      RowGrid rows = RowGrid.of(x);
      gpu.kernels()
          .get(FILE, "layerNorm", KernelArguments.real(x.dtype()), output(x.dtype(), out))
          .launch(
              gpu.compute(),
              rows.grid(),
              KernelArguments.address(x),
              KernelArguments.addressOrNull(gamma),
              KernelArguments.addressOrNull(beta),
              KernelArguments.address(y),
              rows.rows(),
              rows.columns(),
              KernelArguments.scalar(x.dtype(), eps),
              rows.threadsPerRow());
    }
    return y;
  }

  private static String output(DType computed, DType out) {
    return "OUT=" + (out == computed ? "SAME" : out);
  }

  /** Whether {@link #backward} supports rows of this size. */
  public static boolean supports(Tensor x) {
    return x.size() > 0 && x.dim(-1) <= MAX_COLUMNS;
  }

  /** The gradients of x, and of gamma and beta if given. */
  public LayerNormGrad backward(Eager ops, Tensor x, @Nullable Tensor gamma, double eps, Tensor g) {
    DType dtype = x.dtype();
    long rows = x.size() / x.dim(-1);
    int columns = x.dim(-1);
    int rowsPerBlock = Math.toIntExact(Math.ceilDiv(rows, (long) MAX_BLOCKS));
    int blocks = Math.toIntExact(Math.ceilDiv(rows, (long) rowsPerBlock));
    int threads = Math.ceilDiv(Math.ceilDiv(columns, ELEMENTS_PER_THREAD), WARP_SIZE) * WARP_SIZE;
    Tensor dx = ops.emptyLike(x);
    @Nullable Tensor partials =
        gamma == null ? null : ops.empty(dtype, Shape.of(blocks, 2, columns));
    gpu.kernels()
        .get(FILE, "layerNormGrad", KernelArguments.real(dtype), output(dtype, dtype))
        .launch(
            gpu.compute(),
            Grid.of(blocks, threads),
            KernelArguments.address(x),
            KernelArguments.addressOrNull(gamma),
            KernelArguments.address(g),
            KernelArguments.address(dx),
            KernelArguments.addressOrNull(partials),
            rows,
            columns,
            KernelArguments.scalar(dtype, eps),
            rowsPerBlock);
    if (partials == null) {
      return new LayerNormGrad(dx, null, null);
    }
    Tensor dgamma = ops.empty(dtype, Shape.of(columns));
    Tensor dbeta = ops.empty(dtype, Shape.of(columns));
    gpu.kernels()
        .get(FILE, "layerNormWeightGrad", KernelArguments.real(dtype), output(dtype, dtype))
        .launch(
            gpu.compute(),
            Grid.of(Math.ceilDiv(2L * columns, (long) WARP_SIZE), THREADS),
            KernelArguments.address(partials),
            blocks,
            columns,
            KernelArguments.address(dgamma),
            KernelArguments.address(dbeta));
    ops.discard(partials);
    return new LayerNormGrad(dx, dgamma, dbeta);
  }
}
