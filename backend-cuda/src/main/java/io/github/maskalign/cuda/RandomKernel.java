package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.random.Philox;

/** Random numbers, the same as on the host: {@code random.cu}. */
final class RandomKernel {

  private static final int THREADS = 256;

  /** A thread draws one block of Philox. */
  private static final int WORDS = 4;

  private final Gpu gpu;

  RandomKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Element i of a dense F32 view = {@code draws.uniform(i)}. */
  void uniform(Philox draws, DeviceView out) {
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
