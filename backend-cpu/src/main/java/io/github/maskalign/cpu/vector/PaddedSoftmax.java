package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The softmax of rows in an array that are padded to whole vectors.
 *
 * <p>Maxima and exponentials are separate passes: C2 stops inlining at a number of nodes that about
 * eighty vector operations reach, and what is not inlined boxes every vector.
 */
public final class PaddedSoftmax {
  private PaddedSoftmax() {}

  /** Floats that {@link #run} needs from inverseAt on. */
  public static int scratch(int rows) {
    return rows + rows * L;
  }

  /**
   * Turns n scores of each row into e^(score - the row's max), with zeros up to the next whole
   * vector, and writes 1 / their sum to inverseAt + row. Rows are span apart, their number is even.
   */
  public static void run(float[] s, int at, int span, int rows, int n, int inverseAt) {
    maxima(s, at, span, rows, n, inverseAt);
    exponentials(s, at, span, rows, n, inverseAt);
  }

  /** Maxima that ignore NaN: the exponential of NaN - max makes the row's sum NaN anyway. */
  private static void maxima(float[] s, int at, int span, int rows, int n, int maxAt) {
    FloatVector lowest = broadcast(F32, Float.NEGATIVE_INFINITY);
    for (int r = 0; r < rows; r++) {
      int row = at + r * span;
      FloatVector max = lowest;
      int i = 0;
      for (; i <= n - L; i += L) {
        FloatVector v = fromArray(F32, s, row + i);
        max = max.blend(v, v.compare(VectorOperators.GT, max));
      }
      if (i < n) {
        // Scores of -infinity in the padding become the zeros.
        FloatVector tail = lowest.blend(fromArray(F32, s, row + i), F32.indexInRange(0, n - i));
        tail.intoArray(s, row + i);
        max = max.blend(tail, tail.compare(VectorOperators.GT, max));
      }
      s[maxAt + r] = max.reduceLanes(VectorOperators.MAX);
    }
  }

  private static void exponentials(float[] s, int at, int span, int rows, int n, int inverseAt) {
    int lanes = inverseAt + rows;
    for (int r = 0; r < rows; r += 2) {
      int r0 = at + r * span;
      int r1 = r0 + span;
      FloatVector m0 = broadcast(F32, s[inverseAt + r]);
      FloatVector m1 = broadcast(F32, s[inverseAt + r + 1]);
      FloatVector s0 = zero(F32);
      FloatVector s1 = zero(F32);
      for (int i = 0; i < n; i += L) {
        FloatVector e0 = VectorMath.expOfNonPositive(fromArray(F32, s, r0 + i).sub(m0));
        FloatVector e1 = VectorMath.expOfNonPositive(fromArray(F32, s, r1 + i).sub(m1));
        e0.intoArray(s, r0 + i);
        e1.intoArray(s, r1 + i);
        s0 = s0.add(e0);
        s1 = s1.add(e1);
      }
      s0.intoArray(s, lanes + r * L);
      s1.intoArray(s, lanes + r * L + L);
    }
    LaneSums.run(s, lanes, rows, inverseAt);
    for (int r = 0; r < rows; r++) {
      s[inverseAt + r] = 1 / s[inverseAt + r];
    }
  }
}
