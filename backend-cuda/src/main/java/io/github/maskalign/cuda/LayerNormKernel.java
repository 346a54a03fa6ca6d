package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Layer norm over the last axis, and its gradients: {@code layernorm.cu}. */
final class LayerNormKernel {

  private static final String FILE = "layernorm.cu";

  /** Longest row of which a block's threads hold all elements. */
  private static final int MOST_COLUMNS = 4096;

  private static final int HELD = 4;
  private static final int WARP = 32;

  /** Enough to fill the largest device; fixed, so that every device adds up in the same order. */
  private static final int MOST_BLOCKS = 1024;

  private static final int THREADS = 256;

  private final Gpu gpu;

  LayerNormKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** y = (x - mean) / sqrt(variance + eps), times gamma plus beta if there are any. */
  Tensor forward(Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    Tensor y = ops.emptyLike(x);
    if (x.size() > 0) {
      RowGrid rows = RowGrid.of(x);
      gpu.kernels()
          .get(FILE, "layerNorm", Operands.real(x.dtype()))
          .launch(
              gpu.compute(),
              rows.grid(),
              Operands.address(x),
              addressOrNull(gamma),
              addressOrNull(beta),
              Operands.address(y),
              rows.rows(),
              rows.columns(),
              Operands.number(x.dtype(), eps),
              rows.team());
    }
    return y;
  }

  /** Whether {@link #backward} takes rows of this many columns. */
  static boolean takes(Tensor x) {
    return x.size() > 0 && x.dim(-1) <= MOST_COLUMNS;
  }

  /** Gradients of x, and of gamma and beta if there are any. */
  LayerNormGrad backward(Eager ops, Tensor x, @Nullable Tensor gamma, double eps, Tensor g) {
    DType dtype = x.dtype();
    long rows = x.size() / x.dim(-1);
    int columns = x.dim(-1);
    int perBlock = Math.toIntExact(Math.ceilDiv(rows, (long) MOST_BLOCKS));
    int blocks = Math.toIntExact(Math.ceilDiv(rows, (long) perBlock));
    int threads = Math.ceilDiv(Math.ceilDiv(columns, HELD), WARP) * WARP;
    Tensor dx = ops.emptyLike(x);
    @Nullable Tensor partial =
        gamma == null ? null : ops.empty(dtype, Shape.of(blocks, 2, columns));
    gpu.kernels()
        .get(FILE, "layerNormGrad", Operands.real(dtype))
        .launch(
            gpu.compute(),
            Grid.of(blocks, threads),
            Operands.address(x),
            addressOrNull(gamma),
            Operands.address(g),
            Operands.address(dx),
            addressOrNull(partial),
            rows,
            columns,
            Operands.number(dtype, eps),
            perBlock);
    if (partial == null) {
      return new LayerNormGrad(dx, null, null);
    }
    Tensor dgamma = ops.empty(dtype, Shape.of(columns));
    Tensor dbeta = ops.empty(dtype, Shape.of(columns));
    gpu.kernels()
        .get(FILE, "layerNormGradSums", Operands.real(dtype))
        .launch(
            gpu.compute(),
            Grid.of(Math.ceilDiv(2L * columns, (long) WARP), THREADS),
            Operands.address(partial),
            blocks,
            columns,
            Operands.address(dgamma),
            Operands.address(dbeta));
    ops.discard(partial);
    return new LayerNormGrad(dx, dgamma, dbeta);
  }

  private static long addressOrNull(@Nullable Tensor x) {
    return x == null ? 0L : Operands.address(x);
  }
}
