package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;

import io.github.maskalign.cpu.kernel.ResidualKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;

/** The end of a residual branch; see {@link ResidualKernel}. */
final class PlainResidual implements ResidualKernel {

  private final Scratch scratch;

  PlainResidual(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public void add(Operand x, Operand scale, Operand y, long from, int n) {
    float[] base = scratch.takeFloats(BLOCK);
    float[] sum = scratch.takeFloats(BLOCK);
    float[] factors = scratch.takeFloats(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      x.load(from + i, base, count);
      y.load(from + i, sum, count);
      scale.load(i, factors, count);
      PlainMath.multiply(sum, factors, count);
      PlainMath.add(sum, base, count);
      y.store(sum, from + i, count);
    }
    scratch.give(factors);
    scratch.give(sum);
    scratch.give(base);
  }
}
