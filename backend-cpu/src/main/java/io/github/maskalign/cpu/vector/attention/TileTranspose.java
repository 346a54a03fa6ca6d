package io.github.maskalign.cpu.vector.attention;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.I32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;

/**
 * Transposes squares of L by L floats.
 *
 * <p>One pass zips the first half of the rows with the second half: row i with row i + L/2 into
 * rows 2i and 2i + 1. On the bits of (row, lane) this is a rotation by one, so log2(L) passes
 * exchange row and lane. The passes are short loops in the first-level cache; unrolled into one
 * method, they would exceed what the compiler inlines.
 */
final class TileTranspose {
  /** Floats of scratch that a transpose needs. */
  static final int SCRATCH = 2 * L * L;

  private static final IntVector LOW = zip(0);
  private static final IntVector HIGH = zip(L / 2);

  private TileTranspose() {}

  private static IntVector zip(int from) {
    int[] lanes = new int[L];
    for (int i = 0; i < L; i++) {
      lanes[i] = from + i / 2 + i % 2 * L;
    }
    return IntVector.fromArray(I32, lanes, 0);
  }

  /**
   * Reads L rows of L floats, stride bytes apart, rows after {@code last} as copies of it; writes
   * column i to {@code toAt + i step}.
   */
  static void run(
      MemorySegment x,
      long at,
      long stride,
      int last,
      float[] to,
      int toAt,
      int step,
      float[] scratch,
      int scratchAt) {
    int other = scratchAt + L * L;
    for (int i = 0; i < L / 2; i++) {
      IntVector a =
          fromMemorySegment(F32, x, at + Math.min(i, last) * stride, ORDER).reinterpretAsInts();
      IntVector b =
          fromMemorySegment(F32, x, at + Math.min(i + L / 2, last) * stride, ORDER)
              .reinterpretAsInts();
      LOW.selectFrom(a, b).reinterpretAsFloats().intoArray(scratch, scratchAt + 2 * i * L);
      HIGH.selectFrom(a, b).reinterpretAsFloats().intoArray(scratch, scratchAt + 2 * i * L + L);
    }
    if (L == 16) {
      pass(scratch, scratchAt, scratch, other, L);
      pass(scratch, other, scratch, scratchAt, L);
      pass(scratch, scratchAt, to, toAt, step);
    } else if (L == 8) {
      pass(scratch, scratchAt, scratch, other, L);
      pass(scratch, other, to, toAt, step);
    } else {
      pass(scratch, scratchAt, to, toAt, step);
    }
  }

  private static void pass(float[] from, int fromAt, float[] to, int toAt, int step) {
    for (int i = 0; i < L / 2; i++) {
      IntVector a = fromArray(F32, from, fromAt + i * L).reinterpretAsInts();
      IntVector b = fromArray(F32, from, fromAt + (i + L / 2) * L).reinterpretAsInts();
      LOW.selectFrom(a, b).reinterpretAsFloats().intoArray(to, toAt + 2 * i * step);
      HIGH.selectFrom(a, b).reinterpretAsFloats().intoArray(to, toAt + 2 * i * step + step);
    }
  }
}
