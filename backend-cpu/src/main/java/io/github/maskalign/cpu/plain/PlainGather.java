package io.github.maskalign.cpu.plain;

import io.github.maskalign.cpu.kernel.GatherKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** Rows by index; see {@link GatherKernel}. */
final class PlainGather extends GatherKernel {

  PlainGather(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void addRows(
      Operand x,
      long xFrom,
      int[] ids,
      int idsFrom,
      int picks,
      Operand y,
      long yFrom,
      int width,
      int n) {
    float[] v = scratch.takeFloats(n);
    float[] sum = scratch.takeFloats(n);
    for (int k = 0; k < picks; k++) {
      long row = yFrom + (long) ids[idsFrom + k] * width;
      x.load(xFrom + (long) k * width, v, n);
      y.load(row, sum, n);
      PlainMath.add(sum, v, n);
      y.store(sum, row, n);
    }
    scratch.give(sum);
    scratch.give(v);
  }
}
