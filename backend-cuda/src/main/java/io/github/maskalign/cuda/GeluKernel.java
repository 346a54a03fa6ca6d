package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;

/** The kinds of GELU and their gradients, over dense tensors: {@code gelu.cu}. */
final class GeluKernel {

  private static final String FILE = "gelu.cu";
  private static final int THREADS = 256;

  private final Gpu gpu;

  GeluKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  void forward(Gelu kind, Tensor x, Tensor y) {
    gpu.kernels()
        .get(FILE, "gelu", Operands.real(x.dtype()))
        .launch(
            gpu.compute(),
            Grid.covering(x.size(), THREADS),
            Operands.address(x),
            Operands.address(y),
            x.size(),
            kind.ordinal());
  }

  void backward(Gelu kind, Tensor x, Tensor g, Tensor dx) {
    gpu.kernels()
        .get(FILE, "geluGrad", Operands.real(x.dtype()))
        .launch(
            gpu.compute(),
            Grid.covering(x.size(), THREADS),
            Operands.address(x),
            Operands.address(g),
            Operands.address(dx),
            x.size(),
            kind.ordinal());
  }
}
