package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.runtime.Operand;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The passes of {@link VectorSoftmax} over a few rows that stay in the cache; addresses in bytes.
 * The statistic of row r, a maximum or a sum, is s[r]; {@link #scratch} is the length of s.
 */
final class SoftmaxRows {
  private SoftmaxRows() {}

  /** Floats of a pass over that many rows: one a row, and the lanes of a sum. */
  static int scratch(int rows) {
    return rows + L;
  }

  /**
   * s[r] = the row's maximum. NaN is ignored: the exponential of NaN - max makes the row's sum NaN
   * anyway.
   */
  static void maxima(Operand x, long from, int rows, int n, float[] s) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    int whole = n / L * L;
    VectorMask<Float> rest = F32.indexInRange(0, n - whole);
    FloatVector lowest = broadcast(F32, Float.NEGATIVE_INFINITY);
    for (int r = 0; r < rows; r++) {
      long row = xAt + 4L * r * n;
      FloatVector max = lowest;
      for (int i = 0; i < whole; i += L) {
        FloatVector v = fromMemorySegment(F32, xs, row + 4L * i, ORDER);
        max = max.blend(v, v.compare(VectorOperators.GT, max));
      }
      if (whole < n) {
        FloatVector v = fromMemorySegment(F32, xs, row + 4L * whole, ORDER, rest);
        max = max.blend(v, v.compare(VectorOperators.GT, max, rest));
      }
      s[r] = max.reduceLanes(VectorOperators.MAX);
    }
  }

  /**
   * y = e^(x - s[r]), then s[r] = the row's sum. Masked throughout, as C2 may not inline a second
   * polynomial for the tail, and would put its vectors into objects.
   */
  static void exponentials(Operand x, Operand y, long from, int rows, int n, float[] s) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int r = 0; r < rows; r++) {
      long source = xAt + 4L * r * n;
      long target = yAt + 4L * r * n;
      FloatVector max = broadcast(F32, s[r]);
      FloatVector sum = zero(F32);
      for (int i = 0; i < n; i += L) {
        VectorMask<Float> m = F32.indexInRange(0, n - i);
        FloatVector v = fromMemorySegment(F32, xs, source + 4L * i, ORDER, m);
        FloatVector e = VectorMath.expOfNonPositive(v.sub(max));
        e.intoMemorySegment(ys, target + 4L * i, ORDER, m);
        sum = sum.add(e, m);
      }
      sum.intoArray(s, rows);
      s[r] = Lanes.sum(s, rows);
    }
  }

  /** s[r] = sum of e^(x - s[r]). */
  static void sumsOfExponentials(Operand x, long from, int rows, int n, float[] s) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    for (int r = 0; r < rows; r++) {
      long row = xAt + 4L * r * n;
      FloatVector max = broadcast(F32, s[r]);
      FloatVector sum = zero(F32);
      for (int i = 0; i < n; i += L) {
        VectorMask<Float> m = F32.indexInRange(0, n - i);
        FloatVector v = fromMemorySegment(F32, xs, row + 4L * i, ORDER, m);
        sum = sum.add(VectorMath.expOfNonPositive(v.sub(max)), m);
      }
      sum.intoArray(s, rows);
      s[r] = Lanes.sum(s, rows);
    }
  }

  /** y = x - maxima[r] - log sums[r]. */
  static void logarithms(
      Operand x, Operand y, long from, int rows, int n, float[] maxima, float[] sums) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int r = 0; r < rows; r++) {
      FloatVector max = broadcast(F32, maxima[r]);
      FloatVector logSum = broadcast(F32, (float) Math.log(sums[r]));
      long row = 4L * r * n;
      int i = 0;
      for (; i <= n - L; i += L) {
        FloatVector v = fromMemorySegment(F32, xs, xAt + row + 4L * i, ORDER);
        v.sub(max).sub(logSum).intoMemorySegment(ys, yAt + row + 4L * i, ORDER);
      }
      if (i < n) {
        VectorMask<Float> m = F32.indexInRange(0, n - i);
        FloatVector v = fromMemorySegment(F32, xs, xAt + row + 4L * i, ORDER, m);
        v.sub(max).sub(logSum).intoMemorySegment(ys, yAt + row + 4L * i, ORDER, m);
      }
    }
  }

  /** s[r] = sum of g y. */
  static void dots(Operand g, Operand y, long from, int rows, int n, float[] s) {
    MemorySegment gs = g.segment();
    long gAt = g.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    int whole = n / L * L;
    VectorMask<Float> rest = F32.indexInRange(0, n - whole);
    for (int r = 0; r < rows; r++) {
      long row = 4L * r * n;
      FloatVector dot = zero(F32);
      for (int i = 0; i < whole; i += L) {
        FloatVector v = fromMemorySegment(F32, gs, gAt + row + 4L * i, ORDER);
        dot = v.fma(fromMemorySegment(F32, ys, yAt + row + 4L * i, ORDER), dot);
      }
      if (whole < n) {
        FloatVector v = fromMemorySegment(F32, gs, gAt + row + 4L * whole, ORDER, rest);
        dot = v.fma(fromMemorySegment(F32, ys, yAt + row + 4L * whole, ORDER, rest), dot);
      }
      dot.intoArray(s, rows);
      s[r] = Lanes.sum(s, rows);
    }
  }

  /** dx = (g - s[r]) y. */
  static void softmaxGrad(Operand g, Operand y, Operand dx, long from, int rows, int n, float[] s) {
    MemorySegment gs = g.segment();
    long gAt = g.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    MemorySegment dxs = dx.segment();
    long dxAt = dx.at(from);
    int whole = n / L * L;
    VectorMask<Float> rest = F32.indexInRange(0, n - whole);
    for (int r = 0; r < rows; r++) {
      long row = 4L * r * n;
      FloatVector mean = broadcast(F32, s[r]);
      for (int i = 0; i < whole; i += L) {
        FloatVector v = fromMemorySegment(F32, gs, gAt + row + 4L * i, ORDER).sub(mean);
        v.mul(fromMemorySegment(F32, ys, yAt + row + 4L * i, ORDER))
            .intoMemorySegment(dxs, dxAt + row + 4L * i, ORDER);
      }
      if (whole < n) {
        long at = row + 4L * whole;
        FloatVector v = fromMemorySegment(F32, gs, gAt + at, ORDER, rest).sub(mean);
        v.mul(fromMemorySegment(F32, ys, yAt + at, ORDER, rest))
            .intoMemorySegment(dxs, dxAt + at, ORDER, rest);
      }
    }
  }

  /** dx = g - e^y sum of g. */
  static void logSoftmaxGrad(
      Operand g, Operand y, Operand dx, long from, int rows, int n, float[] lanes) {
    MemorySegment gs = g.segment();
    long gAt = g.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    MemorySegment dxs = dx.segment();
    long dxAt = dx.at(from);
    for (int r = 0; r < rows; r++) {
      long row = 4L * r * n;
      FloatVector sum =
          broadcast(F32, (float) -VectorReduce.sum(g, from + (long) r * n, n, lanes, 0));
      for (int i = 0; i < n; i += L) {
        VectorMask<Float> m = F32.indexInRange(0, n - i);
        FloatVector e = VectorMath.exp(fromMemorySegment(F32, ys, yAt + row + 4L * i, ORDER, m));
        e.fma(sum, fromMemorySegment(F32, gs, gAt + row + 4L * i, ORDER, m))
            .intoMemorySegment(dxs, dxAt + row + 4L * i, ORDER, m);
      }
    }
  }
}
