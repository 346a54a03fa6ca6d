package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.cuda.runtime.StridedLoop;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.UnaryOp;

/** Functions of each element, one kernel per operation: {@code elementwise.cu}. */
public final class ElementwiseKernel {

  static final String FILE = "elementwise.cu";

  /** As in {@code strided.cuh}. */
  private static final int THREADS = 256;

  private static final int ELEMENTS_PER_BLOCK = 4 * THREADS;

  private final Gpu gpu;

  /** The kernels of one device. */
  public ElementwiseKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The grid of a kernel that uses {@code FOR_EACH_ELEMENT}. */
  static Grid grid(long elements) {
    return Grid.of(Math.ceilDiv(elements, (long) ELEMENTS_PER_BLOCK), THREADS);
  }

  /** out = op(x). */
  public void unary(UnaryOp op, DeviceView x, DeviceView out) {
    Kernel kernel = kernel("unary_" + op, x.dtype());
    for (StridedLoop loop : StridedLoop.of(x, out).split()) {
      kernel.launch(
          gpu.compute(),
          grid(loop.size()),
          loop.packed(),
          loop.address(0),
          loop.address(1),
          (int) loop.size());
    }
  }

  /** out = scale * x + shift. */
  public void affine(DeviceView x, double scale, double shift, DeviceView out) {
    Kernel kernel = kernel("affine", x.dtype());
    for (StridedLoop loop : StridedLoop.of(x, out).split()) {
      kernel.launch(
          gpu.compute(),
          grid(loop.size()),
          loop.packed(),
          loop.address(0),
          loop.address(1),
          (int) loop.size(),
          KernelArguments.scalar(x.dtype(), scale),
          KernelArguments.scalar(x.dtype(), shift));
    }
  }

  /** out = op(a, b). */
  public void binary(BinaryOp op, DeviceView a, DeviceView b, DeviceView out) {
    Kernel kernel = kernel("binary_" + op, a.dtype());
    for (StridedLoop loop : StridedLoop.of(a, b, out).split()) {
      kernel.launch(
          gpu.compute(),
          grid(loop.size()),
          loop.packed(),
          loop.address(0),
          loop.address(1),
          loop.address(2),
          (int) loop.size());
    }
  }

  private Kernel kernel(String name, DType dtype) {
    return gpu.kernels().get(FILE, name, KernelArguments.real(dtype));
  }
}
