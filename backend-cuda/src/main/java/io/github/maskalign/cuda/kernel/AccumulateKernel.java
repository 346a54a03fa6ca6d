package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.cuda.runtime.StridedLoop;
import io.github.maskalign.tensor.DType;

/** Adds to the memory of parameters, in place: {@code accumulate.cu}. */
public final class AccumulateKernel {

  private final Gpu gpu;

  /** The kernel of one device. */
  public AccumulateKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** target += factor * value. */
  public void accumulate(DeviceView target, double factor, DeviceView value) {
    DType dtype = target.dtype();
    for (StridedLoop loop : StridedLoop.of(value, target).split()) {
      gpu.kernels()
          .get("accumulate.cu", "accumulate", KernelArguments.real(dtype))
          .launch(
              gpu.compute(),
              ElementwiseKernel.grid(loop.size()),
              loop.packed(),
              loop.address(0),
              loop.address(1),
              (int) loop.size(),
              KernelArguments.scalar(dtype, factor));
    }
  }
}
