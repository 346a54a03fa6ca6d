package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;

/** GELU and its gradient over contiguous tensors, compiled for each kind: {@code gelu.cu}. */
public final class GeluKernel {

  private static final int THREADS = 256;

  private final Gpu gpu;

  /** The kernels of one device. */
  public GeluKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** y = GELU(x). */
  public void forward(Gelu kind, Tensor x, Tensor y) {
    kernel("gelu", kind, x)
        .launch(
            gpu.compute(),
            Grid.covering(x.size(), THREADS),
            KernelArguments.address(x),
            KernelArguments.address(y),
            x.size());
  }

  /** dx = the gradient of x for the gradient g of the result. */
  public void backward(Gelu kind, Tensor x, Tensor g, Tensor dx) {
    kernel("geluGrad", kind, x)
        .launch(
            gpu.compute(),
            Grid.covering(x.size(), THREADS),
            KernelArguments.address(x),
            KernelArguments.address(g),
            KernelArguments.address(dx),
            x.size());
  }

  private Kernel kernel(String name, Gelu kind, Tensor x) {
    return gpu.kernels().get("gelu.cu", name, KernelArguments.real(x.dtype()), "GELU=" + kind);
  }
}
