package io.github.maskalign.cpu.vector.bf16;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.vector.Lanes;
import io.github.maskalign.cpu.vector.VectorMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The softmax of scores as factors of BF16, up to a number for each row: one pass less, and what is
 * rounded does not go through memory. Rows begin every span elements, scores in F32 and
 * exponentials in BF16.
 */
final class Bf16Softmax {

  private static final float LOG2_E = 1.44269504f;

  private Bf16Softmax() {}

  /** Floats of {@link #run} for so many rows. */
  static int scratch(int rows) {
    return rows + L;
  }

  /**
   * p = e^(scale (x - the row's maximum)) rounded, zeros from n to span, and s[r] = 1 / the row's
   * sum before rounding. Overwrites x from n to span.
   *
   * @param span a multiple of the lanes
   */
  static void run(
      MemorySegment x, MemorySegment p, int rows, int n, int span, float scale, float[] s) {
    maxima(x, rows, n, span, s);
    exponentials(x, p, rows, span, LOG2_E * scale, s);
  }

  /** NaN is ignored: the exponential of NaN - max makes the row's sum NaN anyway. */
  private static void maxima(MemorySegment x, int rows, int n, int span, float[] s) {
    FloatVector lowest = broadcast(F32, Float.NEGATIVE_INFINITY);
    int whole = n / L * L;
    for (int r = 0; r < rows; r++) {
      long row = 4L * r * span;
      FloatVector max = lowest;
      for (int i = 0; i < whole; i += L) {
        FloatVector v = fromMemorySegment(F32, x, row + 4L * i, ORDER);
        max = max.blend(v, v.compare(VectorOperators.GT, max));
      }
      for (int i = whole; i < span; i += L) {
        // Scores of -infinity become the zeros.
        VectorMask<Float> scores = F32.indexInRange(0, n - i);
        FloatVector v = lowest.blend(fromMemorySegment(F32, x, row + 4L * i, ORDER), scores);
        v.intoMemorySegment(x, row + 4L * i, ORDER);
        max = max.blend(v, v.compare(VectorOperators.GT, max));
      }
      s[r] = max.reduceLanes(VectorOperators.MAX);
    }
  }

  private static void exponentials(
      MemorySegment x, MemorySegment p, int rows, int span, float scale, float[] s) {
    FloatVector factor = broadcast(F32, scale);
    for (int r = 0; r < rows; r++) {
      long row = (long) r * span;
      FloatVector max = broadcast(F32, s[r]);
      FloatVector sum = zero(F32);
      for (int i = 0; i < span; i += L) {
        FloatVector v = fromMemorySegment(F32, x, 4 * (row + i), ORDER);
        FloatVector e = VectorMath.exp2OfNonPositive(v.sub(max).mul(factor));
        Rounding.intoBf16(e, p, 2 * (row + i));
        sum = sum.add(e);
      }
      sum.intoArray(s, rows);
      s[r] = 1 / Lanes.sum(s, rows);
    }
  }

  /** Multiplies each of some rows [n], stride bytes apart, by its number. */
  static void scale(MemorySegment y, long at, long stride, int rows, int n, float[] s) {
    for (int r = 0; r < rows; r++) {
      long row = at + r * stride;
      FloatVector factor = broadcast(F32, s[r]);
      int i = 0;
      for (; i <= n - L; i += L) {
        fromMemorySegment(F32, y, row + 4L * i, ORDER)
            .mul(factor)
            .intoMemorySegment(y, row + 4L * i, ORDER);
      }
      if (i < n) {
        VectorMask<Float> m = F32.indexInRange(0, n - i);
        fromMemorySegment(F32, y, row + 4L * i, ORDER, m)
            .mul(factor)
            .intoMemorySegment(y, row + 4L * i, ORDER, m);
      }
    }
  }
}
