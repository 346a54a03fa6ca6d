package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The softmax of the columns of a matrix in an array: lanes are columns, so that nothing is reduced
 * across lanes.
 *
 * <p>Each loop has one exponential: with a second one, C2 stops inlining in some JVMs, and what is
 * not inlined boxes every vector.
 */
public final class ColumnSoftmax {

  private static final float LOG2_E = 1.44269504f;

  private ColumnSoftmax() {}

  /**
   * Turns scores [rows, vectors L] into e^(scale (score - the column's max)) and writes 1 / their
   * sums to inverseAt.
   *
   * @param scale above 0
   */
  public static void run(float[] s, int at, int rows, int vectors, float scale, int inverseAt) {
    int step = vectors * L;
    int v = 0;
    for (; v + 1 < vectors; v += 2) {
      pairOfMaxima(s, at + v * L, step, rows, inverseAt + v * L);
    }
    if (v < vectors) {
      maxima(s, at + v * L, step, rows, inverseAt + v * L);
    }
    for (v = 0; v < vectors; v++) {
      exponentials(s, at + v * L, step, rows, scale * LOG2_E, inverseAt + v * L);
    }
  }

  /** Maxima that ignore NaN: the exponential of NaN - max makes the column's sum NaN anyway. */
  private static void maxima(float[] s, int at, int step, int rows, int to) {
    FloatVector a = broadcast(F32, Float.NEGATIVE_INFINITY);
    for (int i = 0, p = at; i < rows; i++, p += step) {
      FloatVector x = fromArray(F32, s, p);
      a = a.blend(x, x.compare(VectorOperators.GT, a));
    }
    a.intoArray(s, to);
  }

  /** The same of two neighboring vectors, by even and odd rows: four chains hide the latency. */
  private static void pairOfMaxima(float[] s, int at, int step, int rows, int to) {
    FloatVector a = broadcast(F32, Float.NEGATIVE_INFINITY);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int p = at;
    for (int i = 0; i + 1 < rows; i += 2, p += 2 * step) {
      FloatVector x = fromArray(F32, s, p);
      a = a.blend(x, x.compare(VectorOperators.GT, a));
      x = fromArray(F32, s, p + L);
      b = b.blend(x, x.compare(VectorOperators.GT, b));
      x = fromArray(F32, s, p + step);
      c = c.blend(x, x.compare(VectorOperators.GT, c));
      x = fromArray(F32, s, p + step + L);
      d = d.blend(x, x.compare(VectorOperators.GT, d));
    }
    if (rows % 2 == 1) {
      FloatVector x = fromArray(F32, s, p);
      a = a.blend(x, x.compare(VectorOperators.GT, a));
      x = fromArray(F32, s, p + L);
      b = b.blend(x, x.compare(VectorOperators.GT, b));
    }
    a.blend(c, c.compare(VectorOperators.GT, a)).intoArray(s, to);
    b.blend(d, d.compare(VectorOperators.GT, b)).intoArray(s, to + L);
  }

  private static void exponentials(float[] s, int at, int step, int rows, float factor, int to) {
    FloatVector f = broadcast(F32, factor);
    FloatVector max = fromArray(F32, s, to);
    FloatVector sum = zero(F32);
    for (int i = 0, p = at; i < rows; i++, p += step) {
      FloatVector e = VectorMath.exp2OfNonPositive(fromArray(F32, s, p).sub(max).mul(f));
      e.intoArray(s, p);
      sum = sum.add(e);
    }
    broadcast(F32, 1f).div(sum).intoArray(s, to);
  }
}
