package io.github.maskalign.cpu;

import io.github.maskalign.cpu.gemm.GemmProduct.Finish;
import io.github.maskalign.cpu.kernel.AccumulateKernel;
import io.github.maskalign.cpu.kernel.GeluKernel;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.kernel.ResidualKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;

/**
 * Epilogues of linear layers by the kernels of a tier, on each part of the result as its product is
 * complete.
 */
record Epilogues(GeluKernel gelu, AccumulateKernel accumulate, ResidualKernel residual) {

  /** By the kernels of a tier. */
  Epilogues(Kernels kernels) {
    this(kernels.gelu(), kernels.accumulate(), kernels.residual());
  }

  /** An epilogue of the contiguous result y [n, m]. */
  Finish of(Epilogue epilogue, Tensor y) {
    int width = y.dim(1);
    Operand result = Operand.of(y);
    return switch (epilogue) {
      case Epilogue.Activation(Gelu kind) ->
          (row, toRow, column, toColumn) -> {
            for (int i = row; i < toRow; i++) {
              long from = (long) i * width + column;
              gelu.forward(kind, result, result, from, toColumn - column);
            }
          };
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
