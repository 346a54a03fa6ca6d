package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.kernel.AccumulateKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** In-place additions and squared norms; see {@link AccumulateKernel}. */
public final class VectorAccumulate extends AccumulateKernel {

  /** A kernel on the given threads. */
  public VectorAccumulate(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  public void accumulate(float a, Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    FloatVector factor = broadcast(F32, a);
    int i = 0;
    for (; i <= n - L; i += L) {
      fromMemorySegment(F32, xs, xAt + 4L * i, ORDER)
          .fma(factor, fromMemorySegment(F32, ys, yAt + 4L * i, ORDER))
          .intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector sum =
          fromMemorySegment(F32, xs, xAt + 4L * i, ORDER, m)
              .fma(factor, fromMemorySegment(F32, ys, yAt + 4L * i, ORDER, m));
      sum.intoMemorySegment(ys, yAt + 4L * i, ORDER, m);
    }
  }

  @Override
  protected double sumOfSquares(Operand x, long from, int n) {
    float[] lanes = scratch.takeFloats(L);
    double sum = dot(x, x, from, n, lanes);
    scratch.give(lanes);
    return sum;
  }

  /**
   * Dot product of n elements from an index on: f32 in blocks, blocks in double; lanes has room for
   * a vector.
   */
  static double dot(Operand x, Operand y, long from, int n, float[] lanes) {
    double total = 0;
    for (int i = 0; i < n; i += VectorReduce.BLOCK) {
      addProducts(x, y, from + i, Math.min(VectorReduce.BLOCK, n - i), lanes);
      total += Lanes.sum(lanes, 0);
    }
    return total;
  }

  private static void addProducts(Operand x, Operand y, long from, int n, float[] lanes) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    FloatVector s0 = zero(F32);
    FloatVector s1 = zero(F32);
    FloatVector s2 = zero(F32);
    FloatVector s3 = zero(F32);
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      s0 =
          fromMemorySegment(F32, xs, xAt + 4L * i, ORDER)
              .fma(fromMemorySegment(F32, ys, yAt + 4L * i, ORDER), s0);
      s1 =
          fromMemorySegment(F32, xs, xAt + 4L * (i + L), ORDER)
              .fma(fromMemorySegment(F32, ys, yAt + 4L * (i + L), ORDER), s1);
      s2 =
          fromMemorySegment(F32, xs, xAt + 4L * (i + 2 * L), ORDER)
              .fma(fromMemorySegment(F32, ys, yAt + 4L * (i + 2 * L), ORDER), s2);
      s3 =
          fromMemorySegment(F32, xs, xAt + 4L * (i + 3 * L), ORDER)
              .fma(fromMemorySegment(F32, ys, yAt + 4L * (i + 3 * L), ORDER), s3);
    }
    for (; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      s0 =
          fromMemorySegment(F32, xs, xAt + 4L * i, ORDER, m)
              .fma(fromMemorySegment(F32, ys, yAt + 4L * i, ORDER, m), s0);
    }
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
  }
}
