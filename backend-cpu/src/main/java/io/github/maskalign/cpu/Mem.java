package io.github.maskalign.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector access to off-heap f32 blocks by byte address, and sums across lanes in a fixed order.
 *
 * <p>The sums avoid {@code reduceLanes(ADD)}: its order differs between interpreted and compiled
 * code, so a cold run and a warm one would not agree bit for bit.
 */
final class Mem {
  static final VectorSpecies<Float> F32 = Lanes.F32;
  static final int L = F32.length();

  static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotate(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotate(1);

  private Mem() {}

  private static VectorShuffle<Float> rotate(int lanes) {
    return VectorShuffle.fromOp(F32, i -> (i + lanes) & (L - 1));
  }

  static FloatVector load(MemorySegment s, long at) {
    return FloatVector.fromMemorySegment(F32, s, at, ORDER);
  }

  static FloatVector load(MemorySegment s, long at, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(F32, s, at, ORDER, mask);
  }

  static void store(FloatVector v, MemorySegment s, long at) {
    v.intoMemorySegment(s, at, ORDER);
  }

  static void store(FloatVector v, MemorySegment s, long at, VectorMask<Float> mask) {
    v.intoMemorySegment(s, at, ORDER, mask);
  }

  static float get(MemorySegment s, long at) {
    return s.get(FLOAT, at);
  }

  static void set(MemorySegment s, long at, float value) {
    s.set(FLOAT, at, value);
  }

  /** The first {@code n} lanes; {@code n} may exceed the lane count. */
  static VectorMask<Float> first(int n) {
    return F32.indexInRange(0, n);
  }

  static FloatVector zero() {
    return FloatVector.zero(F32);
  }

  static FloatVector all(float value) {
    return FloatVector.broadcast(F32, value);
  }

  /** Sum of the lanes, as a tree of halves. */
  static float sum(FloatVector v) {
    if (L >= 16) {
      v = v.add(v.rearrange(ROTATE_8));
    }
    if (L >= 8) {
      v = v.add(v.rearrange(ROTATE_4));
    }
    v = v.add(v.rearrange(ROTATE_2));
    return v.add(v.rearrange(ROTATE_1)).lane(0);
  }

  /** Largest lane; NaN when any lane is NaN. */
  static float max(FloatVector v) {
    return v.reduceLanes(VectorOperators.MAX);
  }

  /** Sum of L stored lanes in a fixed order: far fewer nodes for C2 than rotations. */
  static float sum(float[] lanes, int at) {
    float sum = 0;
    for (int i = at; i < at + L; i += 4) {
      sum += (lanes[i] + lanes[i + 1]) + (lanes[i + 2] + lanes[i + 3]);
    }
    return sum;
  }

  /** A maximum of two instructions: where b is NaN it is passed over. */
  static FloatVector larger(FloatVector a, FloatVector b) {
    return a.blend(b, b.compare(VectorOperators.GT, a));
  }
}
