package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.cpu.kernel.GatherKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorMask;

/** Rows by index; see {@link GatherKernel}. */
public final class VectorGather extends GatherKernel {

  /** A kernel on the given threads. */
  public VectorGather(Workers workers, Scratch scratch) {
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
    for (int k = 0; k < picks; k++) {
      add(x, xFrom + (long) k * width, y, yFrom + (long) ids[idsFrom + k] * width, n);
    }
  }

  private static void add(Operand x, long xFrom, Operand y, long yFrom, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(xFrom);
    MemorySegment ys = y.segment();
    long yAt = y.at(yFrom);
    int i = 0;
    for (; i <= n - L; i += L) {
      fromMemorySegment(F32, ys, yAt + 4L * i, ORDER)
          .add(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      fromMemorySegment(F32, ys, yAt + 4L * i, ORDER, m)
          .add(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER, m))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }
}
