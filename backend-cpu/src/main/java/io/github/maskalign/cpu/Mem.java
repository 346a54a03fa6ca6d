package io.github.maskalign.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.VectorSpecies;

/**
 * What every kernel needs to reach f32 by byte address.
 *
 * <p>Kernels call the Vector API itself: its methods are inlined into a method of any size, others
 * only while it is small, and one that is left out boxes every vector that it takes or gives. C1
 * does so too, and leaves a method of more than some fifteen vector loads and stores to the
 * interpreter ("out of virtual registers"): a loop and its tail are then two methods.
 */
final class Mem {
  static final VectorSpecies<Float> F32 = Lanes.F32;
  static final int L = F32.length();

  static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private Mem() {}

  static float get(MemorySegment s, long at) {
    return s.get(FLOAT, at);
  }

  static void set(MemorySegment s, long at, float value) {
    s.set(FLOAT, at, value);
  }

  /**
   * Sum of L stored lanes in a fixed order. {@code reduceLanes(ADD)} has another order interpreted
   * than compiled: a cold run and a warm one would not agree bit for bit.
   */
  static float sum(float[] lanes, int at) {
    float sum = 0;
    for (int i = at; i < at + L; i += 4) {
      sum += (lanes[i] + lanes[i + 1]) + (lanes[i + 2] + lanes[i + 3]);
    }
    return sum;
  }
}
