package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;

/** Softmax and log-softmax over the last axis, and their gradients: {@code softmax.cu}. */
public final class SoftmaxKernel {

  private static final String FILE = "softmax.cu";

  private final Gpu gpu;

  /** The kernels of one device. */
  public SoftmaxKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** y = softmax(x). */
  public Tensor softmax(Eager ops, Tensor x) {
    return forward("softmax", ops, x);
  }

  /** y = log softmax(x). */
  public Tensor logSoftmax(Eager ops, Tensor x) {
    return forward("logSoftmax", ops, x);
  }

  /** The gradient of softmax with result y. */
  public Tensor softmaxGrad(Eager ops, Tensor y, Tensor g) {
    return backward("softmaxGrad", ops, y, g);
  }

  /** The gradient of log-softmax with result y. */
  public Tensor logSoftmaxGrad(Eager ops, Tensor y, Tensor g) {
    return backward("logSoftmaxGrad", ops, y, g);
  }

  private Tensor forward(String kernel, Eager ops, Tensor x) {
    Tensor y = ops.emptyLike(x);
    if (x.size() > 0) {
      RowGrid rows = RowGrid.of(x);
      gpu.kernels()
          .get(FILE, kernel, KernelArguments.real(x.dtype()))
          .launch(
              gpu.compute(),
              rows.grid(),
              KernelArguments.address(x),
              KernelArguments.address(y),
              rows.rows(),
              rows.columns(),
              rows.threadsPerRow());
    }
    return y;
  }

  private Tensor backward(String kernel, Eager ops, Tensor y, Tensor g) {
    Tensor dx = ops.emptyLike(y);
    if (y.size() > 0) {
      RowGrid rows = RowGrid.of(y);
      gpu.kernels()
          .get(FILE, kernel, KernelArguments.real(y.dtype()))
          .launch(
              gpu.compute(),
              rows.grid(),
              KernelArguments.address(y),
              KernelArguments.address(g),
              KernelArguments.address(dx),
              rows.rows(),
              rows.columns(),
              rows.threadsPerRow());
    }
    return dx;
  }
}
