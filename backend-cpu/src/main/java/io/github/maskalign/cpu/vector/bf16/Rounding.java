package io.github.maskalign.cpu.vector.bf16;

import static io.github.maskalign.cpu.vector.Lanes.I32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;

import io.github.maskalign.cpu.bf16.Bf16;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Rounds floats to BF16 as {@link Bf16#round} does. */
final class Rounding {

  /** As many shorts as there are floats in a vector. */
  private static final VectorSpecies<Short> HALF =
      VectorSpecies.of(short.class, VectorShape.forBitSize(I32.vectorBitSize() / 2));

  private static final int SIGN = 0x80000000;
  private static final int MAGNITUDE = 0x7fffffff;
  private static final int UPPER_HALF = 0xffff0000;
  private static final int EXPONENT = 0x7f800000;
  private static final int LEAST_NORMAL = 0x00800000;
  private static final int QUIET = 0x00400000;

  /** One less than half of what is rounded off; the bit above it decides ties. */
  private static final int HALF_UNIT = 0x7fff;

  private Rounding() {}

  /** The bits of floats, rounded: the BF16 in the upper halves, and anything in the lower ones. */
  private static IntVector upper(IntVector bits) {
    IntVector magnitude = bits.and(MAGNITUDE);
    VectorMask<Integer> nan = magnitude.compare(VectorOperators.GT, EXPONENT);
    VectorMask<Integer> tiny = magnitude.compare(VectorOperators.LT, LEAST_NORMAL);
    IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    IntVector rounded = bits.add(odd).add(HALF_UNIT);
    return rounded.blend(bits.or(QUIET), nan).blend(bits.and(SIGN), tiny);
  }

  private static ShortVector halves(IntVector upper) {
    return (ShortVector)
        upper.lanewise(VectorOperators.LSHR, 16).convertShape(VectorOperators.I2S, HALF, 0);
  }

  /** Rounds a vector. */
  static void intoBf16(FloatVector x, MemorySegment to, long toAt) {
    halves(upper(x.reinterpretAsInts())).intoMemorySegment(to, toAt, ORDER);
  }

  /** Rounds n floats that stand one after another. */
  static void row(MemorySegment from, long at, int n, MemorySegment to, long toAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      IntVector bits = IntVector.fromMemorySegment(I32, from, at + 4L * i, ORDER);
      halves(upper(bits)).intoMemorySegment(to, toAt + 2L * i, ORDER);
    }
    for (; i < n; i++) {
      float x = from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
      to.set(ValueLayout.JAVA_SHORT_UNALIGNED, toAt + 2L * i, Bf16.round(x));
    }
  }

  /** Writes two BF16. */
  static void set(MemorySegment to, long at, int pair) {
    to.set(ValueLayout.JAVA_INT_UNALIGNED, at, pair);
  }

  /**
   * Rounds n floats of each of two rows of terms, and writes them as pairs, those of the first row
   * in the low halves.
   */
  static void pairs(MemorySegment from, long even, long odd, int n, MemorySegment to, long toAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      IntVector low = upper(IntVector.fromMemorySegment(I32, from, even + 4L * i, ORDER));
      IntVector high = upper(IntVector.fromMemorySegment(I32, from, odd + 4L * i, ORDER));
      low.lanewise(VectorOperators.LSHR, 16)
          .or(high.and(UPPER_HALF))
          .intoMemorySegment(to, toAt + 4L * i, ORDER);
    }
    for (; i < n; i++) {
      float low = from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, even + 4L * i);
      float high = from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, odd + 4L * i);
      set(to, toAt + 4L * i, Bf16.pair(low, high));
    }
  }
}
