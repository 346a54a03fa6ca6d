package io.github.maskalign.cpu;

import io.github.maskalign.cpu.gemm.Gemm;
import io.github.maskalign.cpu.gemm.GemmProduct.Finish;
import io.github.maskalign.cpu.kernel.AccumulateKernel;
import io.github.maskalign.cpu.kernel.FactorKernel;
import io.github.maskalign.cpu.kernel.GeluKernel;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.kernel.ResidualKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers of F32 by the kernels of a tier. Epilogues are computed on each part of the result
 * as its product is complete.
 */
record LinearLayers(
    Gemm<?> products,
    GeluKernel gelu,
    AccumulateKernel accumulate,
    ResidualKernel residual,
    @Nullable FactorKernel factor) {

  /** By the kernels of a tier. */
  LinearLayers(Kernels kernels) {
    this(
        kernels.products(),
        kernels.gelu(),
        kernels.accumulate(),
        kernels.residual(),
        kernels.factor());
  }

  /** x [n, k], F32 or a factor, weight [m, k] -> F32 [n, m]. */
  Tensor forward(Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Tensor y = sums(ops, x, weight);
    products.linear(x, weight, bias, y, null);
    return y;
  }

  /** The same with an epilogue; -> F32 or a factor [n, m]. */
  Tensor forward(Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias, Epilogue epilogue) {
    Tensor sums = sums(ops, x, weight);
    boolean rounds =
        factor != null && epilogue instanceof Epilogue.Activation(_, boolean wanted) && wanted;
    Tensor y = rounds ? ops.empty(factor.type(), sums.shape()) : sums;
    products.linear(x, weight, bias, sums, finish(epilogue, sums, y));
    if (rounds) {
      ops.discard(sums);
    }
    return y;
  }

  private static Tensor sums(Eager ops, Tensor x, Tensor weight) {
    return ops.empty(DType.F32, Shape.of(x.dim(0), weight.dim(0)));
  }

  /**
   * An epilogue.
   *
   * @param sums what the product computes, contiguous [n, m]
   * @param y the result: the same tensor, or a factor
   */
  private Finish finish(Epilogue epilogue, Tensor sums, Tensor y) {
    int width = sums.dim(1);
    Operand result = Operand.of(sums);
    return switch (epilogue) {
      case Epilogue.Activation(Gelu kind, _) -> {
        Operand rounded = sums == y ? null : Operand.of(y);
        yield (row, toRow, column, toColumn) -> {
          int n = toColumn - column;
          for (int i = row; i < toRow; i++) {
            long from = (long) i * width + column;
            gelu.forward(kind, result, result, from, n);
            if (rounded != null) {
              factor.round(result.from(from), rounded.from(from), n);
            }
          }
        };
      }
      case Epilogue.Residual(Tensor x, Tensor scale) -> {
        Operand base = Operand.of(x);
        Operand factors = Operand.ofNullable(scale);
        yield (row, toRow, column, toColumn) -> {
          int n = toColumn - column;
          Operand part = factors == null ? null : factors.from(column);
          for (int i = row; i < toRow; i++) {
            long from = (long) i * width + column;
            if (part == null) {
              accumulate.accumulate(1, base, result, from, n);
            } else {
              residual.add(base, part, result, from, n);
            }
          }
        };
      }
    };
  }
}
