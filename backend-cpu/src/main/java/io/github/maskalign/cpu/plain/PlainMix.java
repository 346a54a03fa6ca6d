package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;

import io.github.maskalign.cpu.kernel.MixKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.util.Arrays;

/** Weighted sums of blocks; see {@link MixKernel}. */
final class PlainMix extends MixKernel {

  PlainMix(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void forward(float[] w, Operand[] x, Operand y, long from, int n) {
    float[] sum = scratch.takeFloats(BLOCK);
    float[] v = scratch.takeFloats(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      Arrays.fill(sum, 0, count, 0f);
      for (int j = 0; j < x.length; j++) {
        x[j].load(from + i, v, count);
        PlainMath.addProduct(sum, w[j], v, count);
      }
      y.store(sum, from + i, count);
    }
    scratch.give(v);
    scratch.give(sum);
  }

  @Override
  protected double dot(Operand x, Operand y, long from, int n, float[] p, float[] q) {
    return PlainAccumulate.dot(x, y, from, n, p, q);
  }
}
