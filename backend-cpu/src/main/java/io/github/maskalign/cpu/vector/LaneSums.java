package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.I32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Sums of the stored lanes of many rows, each in the order of {@link Lanes#sum}: faster for dozens
 * of short rows, slower for the few rows of a layer norm.
 */
final class LaneSums {

  /** Lanes of two vectors, one after the other: the even ones, and the odd ones. */
  private static final IntVector EVEN = everySecond(0);

  private static final IntVector ODD = everySecond(1);

  private LaneSums() {}

  private static IntVector everySecond(int from) {
    int[] lanes = new int[L];
    for (int i = 0; i < L; i++) {
      lanes[i] = from + 2 * i;
    }
    return IntVector.fromArray(I32, lanes, 0);
  }

  /** s[to + r] = the sum of the L floats from at + r L on, which are overwritten, for each row. */
  static void run(float[] s, int at, int rows, int to) {
    int pairs = rows / 2 * 2;
    quads(s, at, pairs);
    for (int r = 0; r < pairs; r++) {
      int first = at + r / 2 * 2 * L + r % 2 * (L / 4);
      float sum = 0;
      for (int i = 0; i < L / 4; i++) {
        sum += s[first + i];
      }
      s[to + r] = sum;
    }
    if (pairs < rows) {
      s[to + pairs] = Lanes.sum(s, at + pairs * L);
    }
  }

  /** The sums of four lanes each of two rows, in the first half of the lanes of the first row. */
  private static void quads(float[] s, int at, int rows) {
    for (int r = 0; r < rows; r += 2) {
      IntVector a = fromArray(F32, s, at + r * L).reinterpretAsInts();
      IntVector b = fromArray(F32, s, at + r * L + L).reinterpretAsInts();
      FloatVector pairs =
          EVEN.selectFrom(a, b)
              .reinterpretAsFloats()
              .add(ODD.selectFrom(a, b).reinterpretAsFloats());
      IntVector c = pairs.reinterpretAsInts();
      EVEN.selectFrom(c, c)
          .reinterpretAsFloats()
          .add(ODD.selectFrom(c, c).reinterpretAsFloats())
          .intoArray(s, at + r * L);
    }
  }
}
