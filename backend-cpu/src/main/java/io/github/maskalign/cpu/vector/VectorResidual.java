package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.cpu.kernel.ResidualKernel;
import io.github.maskalign.cpu.runtime.Operand;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorMask;

/** The end of a residual branch; see {@link ResidualKernel}. */
public final class VectorResidual implements ResidualKernel {

  @Override
  public void add(Operand x, Operand scale, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment factors = scale.segment();
    long scaleAt = scale.at(0);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    int i = 0;
    for (; i <= n - L; i += L) {
      fromMemorySegment(F32, ys, yAt + 4L * i, ORDER)
          .mul(fromMemorySegment(F32, factors, scaleAt + 4L * i, ORDER))
          .add(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      fromMemorySegment(F32, ys, yAt + 4L * i, ORDER, m)
          .mul(fromMemorySegment(F32, factors, scaleAt + 4L * i, ORDER, m))
          .add(fromMemorySegment(F32, xs, xAt + 4L * i, ORDER, m))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }
}
