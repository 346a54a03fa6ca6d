package io.github.maskalign.cuda.kernel;

import java.util.SplittableRandom;

/** Random inputs of kernels. */
final class KernelData {

  private KernelData() {}

  static float[] normal(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
