package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.kernel.MixKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Weighted sums of blocks; see {@link MixKernel}. */
public final class VectorMix extends MixKernel {

  /** A kernel on the given threads. */
  public VectorMix(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void forward(float[] w, Operand[] x, Operand y, long from, int n) {
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      FloatVector s0 = zero(F32);
      FloatVector s1 = zero(F32);
      FloatVector s2 = zero(F32);
      FloatVector s3 = zero(F32);
      for (int j = 0; j < x.length; j++) {
        FloatVector weight = broadcast(F32, w[j]);
        MemorySegment xj = x[j].segment();
        long at = x[j].at(from + i);
        s0 = weight.fma(fromMemorySegment(F32, xj, at, ORDER), s0);
        s1 = weight.fma(fromMemorySegment(F32, xj, at + 4L * L, ORDER), s1);
        s2 = weight.fma(fromMemorySegment(F32, xj, at + 8L * L, ORDER), s2);
        s3 = weight.fma(fromMemorySegment(F32, xj, at + 12L * L, ORDER), s3);
      }
      s0.intoMemorySegment(ys, yAt + 4L * i, ORDER);
      s1.intoMemorySegment(ys, yAt + 4L * (i + L), ORDER);
      s2.intoMemorySegment(ys, yAt + 4L * (i + 2 * L), ORDER);
      s3.intoMemorySegment(ys, yAt + 4L * (i + 3 * L), ORDER);
    }
    for (; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector s = zero(F32);
      for (int j = 0; j < x.length; j++) {
        s =
            broadcast(F32, w[j])
                .fma(fromMemorySegment(F32, x[j].segment(), x[j].at(from + i), ORDER, m), s);
      }
      s.intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  @Override
  protected double dot(Operand x, Operand y, long from, int n, float[] p, float[] q) {
    return VectorAccumulate.dot(x, y, from, n, p);
  }
}
