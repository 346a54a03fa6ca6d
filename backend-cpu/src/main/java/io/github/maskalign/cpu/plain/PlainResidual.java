package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;

import io.github.maskalign.cpu.kernel.ResidualKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import org.jspecify.annotations.Nullable;

/** The end of a residual branch; see {@link ResidualKernel}. */
final class PlainResidual implements ResidualKernel {

  private final Scratch scratch;

  PlainResidual(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public void add(Operand x, @Nullable Operand scale, Operand y, long from, int n) {
    float[] base = scratch.takeFloats(BLOCK);
    float[] sum = scratch.takeFloats(BLOCK);
    float[] factors = scratch.takeFloats(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      x.load(from + i, base, count);
      y.load(from + i, sum, count);
      if (scale != null) {
        scale.load(i, factors, count);
        multiply(sum, factors, count);
      }
      add(sum, base, count);
      y.store(sum, from + i, count);
    }
    scratch.give(factors);
    scratch.give(sum);
    scratch.give(base);
  }

  // Loops of their own, which C2 vectorizes.
  private static void multiply(float[] y, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      y[i] *= x[i];
    }
  }

  private static void add(float[] y, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      y[i] += x[i];
    }
  }
}
