package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.cpu.kernel.ResidualKernel;
import io.github.maskalign.cpu.runtime.Operand;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** The end of a residual branch; see {@link ResidualKernel}. */
public final class VectorResidual implements ResidualKernel {

  @Override
  public void add(Operand x, @Nullable Operand scale, Operand y, long from, int n) {
    if (scale == null) {
      add(x.segment(), x.at(from), y.segment(), y.at(from), n);
    } else {
      addScaled(x.segment(), x.at(from), scale.segment(), scale.at(0), y.segment(), y.at(from), n);
    }
  }

  private static void add(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      fromMemorySegment(F32, x, xAt + 4L * i, ORDER)
          .add(fromMemorySegment(F32, y, yAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m)
          .add(fromMemorySegment(F32, y, yAt + 4L * i, ORDER, m))
          .intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  // Not fused, so that the bits are those of a product and a sum.
  private static void addScaled(
      MemorySegment x,
      long xAt,
      MemorySegment scale,
      long scaleAt,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      fromMemorySegment(F32, y, yAt + 4L * i, ORDER)
          .mul(fromMemorySegment(F32, scale, scaleAt + 4L * i, ORDER))
          .add(fromMemorySegment(F32, x, xAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      fromMemorySegment(F32, y, yAt + 4L * i, ORDER, m)
          .mul(fromMemorySegment(F32, scale, scaleAt + 4L * i, ORDER, m))
          .add(fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m))
          .intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }
}
