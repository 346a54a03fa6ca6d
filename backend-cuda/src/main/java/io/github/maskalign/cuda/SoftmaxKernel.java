package io.github.maskalign.cuda;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;

/** Softmax and log-softmax over the last axis, and their gradients: {@code softmax.cu}. */
final class SoftmaxKernel {

  private static final String FILE = "softmax.cu";

  private final Gpu gpu;

  SoftmaxKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** y = softmax(x). */
  Tensor forward(Eager ops, Tensor x) {
    return map("softmax", ops, x);
  }

  /** y = log softmax(x). */
  Tensor logForward(Eager ops, Tensor x) {
    return map("logSoftmax", ops, x);
  }

  /** The gradient of softmax with result y. */
  Tensor backward(Eager ops, Tensor y, Tensor g) {
    return slope("softmaxGrad", ops, y, g);
  }

  /** The gradient of log-softmax with result y. */
  Tensor logBackward(Eager ops, Tensor y, Tensor g) {
    return slope("logSoftmaxGrad", ops, y, g);
  }

  private Tensor map(String kernel, Eager ops, Tensor x) {
    Tensor y = ops.emptyLike(x);
    if (x.size() > 0) {
      RowGrid rows = RowGrid.of(x);
      gpu.kernels()
          .get(FILE, kernel, Operands.real(x.dtype()))
          .launch(
              gpu.compute(),
              rows.grid(),
              Operands.address(x),
              Operands.address(y),
              rows.rows(),
              rows.columns(),
              rows.team());
    }
    return y;
  }

  private Tensor slope(String kernel, Eager ops, Tensor y, Tensor g) {
    Tensor dx = ops.emptyLike(y);
    if (y.size() > 0) {
      RowGrid rows = RowGrid.of(y);
      gpu.kernels()
          .get(FILE, kernel, Operands.real(y.dtype()))
          .launch(
              gpu.compute(),
              rows.grid(),
              Operands.address(y),
              Operands.address(g),
              Operands.address(dx),
              rows.rows(),
              rows.columns(),
              rows.team());
    }
    return dx;
  }
}
