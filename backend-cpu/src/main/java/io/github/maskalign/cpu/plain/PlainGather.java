package io.github.maskalign.cpu.plain;

import io.github.maskalign.cpu.kernel.GatherKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** Rows by index; see {@link GatherKernel}. */
final class PlainGather extends GatherKernel {
  private final Scratch scratch;

  PlainGather(Workers workers, Scratch scratch) {
    super(workers);
    this.scratch = scratch;
  }

  @Override
  protected void add(Operand x, long xFrom, Operand y, long yFrom, int n) {
    float[] v = scratch.takeFloats(n);
    float[] sum = scratch.takeFloats(n);
    x.load(xFrom, v, n);
    y.load(yFrom, sum, n);
    PlainMath.add(sum, v, n);
    y.store(sum, yFrom, n);
    scratch.give(sum);
    scratch.give(v);
  }
}
