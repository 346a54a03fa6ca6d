package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.UnaryOp;

/** Functions of each element: {@code elementwise.cu}. */
final class ElementwiseKernel {

  /** Of {@code strided.cuh}. */
  private static final int THREADS = 256;

  private static final int ELEMENTS_OF_A_BLOCK = 4 * THREADS;

  private final Gpu gpu;

  ElementwiseKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** As many blocks as a kernel needs that goes by {@code FOR_EACH_ELEMENT}. */
  static Grid grid(long elements) {
    return Grid.of(Math.ceilDiv(elements, (long) ELEMENTS_OF_A_BLOCK), THREADS);
  }

  void unary(UnaryOp op, DeviceView x, DeviceView out) {
    Kernel kernel = kernel("unary", x.dtype());
    for (Walk walk : Walk.of(x, out).parts()) {
      kernel.launch(
          gpu.compute(),
          grid(walk.size()),
          walk.axes(),
          walk.address(0),
          walk.address(1),
          (int) walk.size(),
          op.ordinal());
    }
  }

  void affine(DeviceView x, double scale, double shift, DeviceView out) {
    Kernel kernel = kernel("affine", x.dtype());
    for (Walk walk : Walk.of(x, out).parts()) {
      kernel.launch(
          gpu.compute(),
          grid(walk.size()),
          walk.axes(),
          walk.address(0),
          walk.address(1),
          (int) walk.size(),
          Operands.number(x.dtype(), scale),
          Operands.number(x.dtype(), shift));
    }
  }

  void binary(BinaryOp op, DeviceView a, DeviceView b, DeviceView out) {
    Kernel kernel = kernel("binary", a.dtype());
    for (Walk walk : Walk.of(a, b, out).parts()) {
      kernel.launch(
          gpu.compute(),
          grid(walk.size()),
          walk.axes(),
          walk.address(0),
          walk.address(1),
          walk.address(2),
          (int) walk.size(),
          op.ordinal());
    }
  }

  private Kernel kernel(String name, DType dtype) {
    return gpu.kernels().get("elementwise.cu", name, Operands.real(dtype));
  }
}
