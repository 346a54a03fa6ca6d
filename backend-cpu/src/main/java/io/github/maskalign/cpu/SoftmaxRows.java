package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The passes of {@link SoftmaxKernel} over a few rows that stay in the cache; addresses in bytes.
 * Row r keeps its one number, a maximum or a sum, in s[r]; {@link #scratch} says how long s is.
 */
final class SoftmaxRows {
  private SoftmaxRows() {}

  /** Floats of a pass over that many rows: one a row, and the lanes of a sum. */
  static int scratch(int rows) {
    return rows + L;
  }

  /**
   * s[r] = the row's largest. NaN is passed over: the exponential of NaN - max spoils the row all
   * the same.
   */
  static void maxima(MemorySegment x, long xAt, int rows, int n, float[] s) {
    int whole = n / L * L;
    VectorMask<Float> rest = F32.indexInRange(whole, n);
    FloatVector lowest = broadcast(F32, Float.NEGATIVE_INFINITY);
    for (int r = 0; r < rows; r++) {
      long row = xAt + 4L * r * n;
      FloatVector max = lowest;
      for (int i = 0; i < whole; i += L) {
        FloatVector v = fromMemorySegment(F32, x, row + 4L * i, ORDER);
        max = max.blend(v, v.compare(VectorOperators.GT, max));
      }
      if (whole < n) {
        FloatVector v = fromMemorySegment(F32, x, row + 4L * whole, ORDER, rest);
        max = max.blend(v, v.compare(VectorOperators.GT, max, rest));
      }
      s[r] = max.reduceLanes(VectorOperators.MAX);
    }
  }

  /** y = e^(x - s[r]), then s[r] = the row's sum. */
  static void exponentials(
      MemorySegment x, long xAt, MemorySegment y, long yAt, int rows, int n, float[] s) {
    int whole = n / L * L;
    VectorMask<Float> rest = F32.indexInRange(whole, n);
    for (int r = 0; r < rows; r++) {
      long from = xAt + 4L * r * n;
      long to = yAt + 4L * r * n;
      FloatVector max = broadcast(F32, s[r]);
      FloatVector sum = zero(F32);
      for (int i = 0; i < whole; i += L) {
        FloatVector v = fromMemorySegment(F32, x, from + 4L * i, ORDER);
        FloatVector e = VectorMath.expOfNonPositive(v.sub(max));
        e.intoMemorySegment(y, to + 4L * i, ORDER);
        sum = sum.add(e);
      }
      if (whole < n) {
        FloatVector v = fromMemorySegment(F32, x, from + 4L * whole, ORDER, rest);
        FloatVector e = VectorMath.expOfNonPositive(v.sub(max));
        e.intoMemorySegment(y, to + 4L * whole, ORDER, rest);
        sum = sum.add(e, rest);
      }
      sum.intoArray(s, rows);
      s[r] = Mem.sum(s, rows);
    }
  }

  /** s[r] = sum of e^(x - s[r]). */
  static void sumsOfExponentials(MemorySegment x, long xAt, int rows, int n, float[] s) {
    for (int r = 0; r < rows; r++) {
      long row = xAt + 4L * r * n;
      FloatVector max = broadcast(F32, s[r]);
      FloatVector sum = zero(F32);
      for (int i = 0; i < n; i += L) {
        VectorMask<Float> m = F32.indexInRange(i, n);
        FloatVector v = fromMemorySegment(F32, x, row + 4L * i, ORDER, m);
        sum = sum.add(VectorMath.expOfNonPositive(v.sub(max)), m);
      }
      sum.intoArray(s, rows);
      s[r] = Mem.sum(s, rows);
    }
  }

  /** y = x - maxima[r] - log sums[r]. */
  static void logarithms(
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int rows,
      int n,
      float[] maxima,
      float[] sums) {
    for (int r = 0; r < rows; r++) {
      FloatVector max = broadcast(F32, maxima[r]);
      FloatVector logSum = broadcast(F32, (float) Math.log(sums[r]));
      for (int i = 0; i < n; i += L) {
        VectorMask<Float> m = F32.indexInRange(i, n);
        long at = 4L * (r * n + i);
        FloatVector v = fromMemorySegment(F32, x, xAt + at, ORDER, m);
        v.sub(max).sub(logSum).intoMemorySegment(y, yAt + at, ORDER, m);
      }
    }
  }

  /** s[r] = sum of g y. */
  static void dots(
      MemorySegment g, long gAt, MemorySegment y, long yAt, int rows, int n, float[] s) {
    int whole = n / L * L;
    VectorMask<Float> rest = F32.indexInRange(whole, n);
    for (int r = 0; r < rows; r++) {
      long row = 4L * r * n;
      FloatVector dot = zero(F32);
      for (int i = 0; i < whole; i += L) {
        FloatVector v = fromMemorySegment(F32, g, gAt + row + 4L * i, ORDER);
        dot = v.fma(fromMemorySegment(F32, y, yAt + row + 4L * i, ORDER), dot);
      }
      if (whole < n) {
        FloatVector v = fromMemorySegment(F32, g, gAt + row + 4L * whole, ORDER, rest);
        dot = v.fma(fromMemorySegment(F32, y, yAt + row + 4L * whole, ORDER, rest), dot);
      }
      dot.intoArray(s, rows);
      s[r] = Mem.sum(s, rows);
    }
  }

  /** dx = (g - s[r]) y. */
  static void slopes(
      MemorySegment g,
      long gAt,
      MemorySegment y,
      long yAt,
      MemorySegment dx,
      long dxAt,
      int rows,
      int n,
      float[] s) {
    int whole = n / L * L;
    VectorMask<Float> rest = F32.indexInRange(whole, n);
    for (int r = 0; r < rows; r++) {
      long row = 4L * r * n;
      FloatVector mean = broadcast(F32, s[r]);
      for (int i = 0; i < whole; i += L) {
        FloatVector v = fromMemorySegment(F32, g, gAt + row + 4L * i, ORDER).sub(mean);
        v.mul(fromMemorySegment(F32, y, yAt + row + 4L * i, ORDER))
            .intoMemorySegment(dx, dxAt + row + 4L * i, ORDER);
      }
      if (whole < n) {
        long at = row + 4L * whole;
        FloatVector v = fromMemorySegment(F32, g, gAt + at, ORDER, rest).sub(mean);
        v.mul(fromMemorySegment(F32, y, yAt + at, ORDER, rest))
            .intoMemorySegment(dx, dxAt + at, ORDER, rest);
      }
    }
  }

  /** dx = g - e^y sum of g. */
  static void logSlopes(
      MemorySegment g,
      long gAt,
      MemorySegment y,
      long yAt,
      MemorySegment dx,
      long dxAt,
      int rows,
      int n,
      float[] lanes) {
    for (int r = 0; r < rows; r++) {
      long row = 4L * r * n;
      FloatVector sum = broadcast(F32, (float) -ReduceKernel.sum(g, gAt + row, n, lanes, 0));
      for (int i = 0; i < n; i += L) {
        VectorMask<Float> m = F32.indexInRange(i, n);
        FloatVector e = VectorMath.exp(fromMemorySegment(F32, y, yAt + row + 4L * i, ORDER, m));
        e.fma(sum, fromMemorySegment(F32, g, gAt + row + 4L * i, ORDER, m))
            .intoMemorySegment(dx, dxAt + row + 4L * i, ORDER, m);
      }
    }
  }
}
