package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.tensor.random.Philox;

/** Random numbers, bit-identical to those of the host: {@code random.cu}. */
public final class RandomKernel {

  private static final int THREADS = 256;

  /** Words in a block of Philox; each thread draws one block. */
  private static final int WORDS = 4;

  private final Gpu gpu;

  /** The kernel of one device. */
  public RandomKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Sets element i of a contiguous F32 view to {@code draws.uniform(i)}. */
  public void uniform(Philox draws, DeviceView out) {
    if (out.size() == 0) {
      return;
    }
    gpu.kernels()
        .get("random.cu", "uniform")
        .launch(
            gpu.compute(),
            Grid.covering(Math.ceilDiv(out.size(), (long) WORDS), THREADS),
            out.address(),
            out.size(),
            draws.seed(),
            draws.stream());
  }
}
