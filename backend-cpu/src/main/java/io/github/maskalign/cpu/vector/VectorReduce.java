package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.kernel.ReduceKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.Reduction;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Sums and maxima; see {@link ReduceKernel}. */
public final class VectorReduce extends ReduceKernel {
  /** Elements summed in f32 before the partial sum continues in double. */
  static final int BLOCK = 1024;

  /** A kernel on the given threads. */
  public VectorReduce(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void rows(Reduction op, Operand x, long from, int rows, int n, double[] y, int yAt) {
    float[] lanes = scratch.takeFloats(L);
    for (int r = 0; r < rows; r++) {
      long row = from + (long) r * n;
      y[yAt + r] = op == Reduction.MAX ? max(x, row, n) : sum(x, row, n, lanes, 0);
    }
    scratch.give(lanes);
  }

  @Override
  protected void columns(
      Reduction op, Operand x, long from, int rows, int inner, float[] y, int yAt) {
    if (op == Reduction.SUM) {
      sumColumns(x, from, rows, inner, y, yAt);
    } else {
      maxColumns(x, from, rows, inner, y, yAt);
    }
  }

  /** Sum of n elements from an index on; lanes has room for a vector at lanesAt. */
  static double sum(Operand x, long from, int n, float[] lanes, int lanesAt) {
    double total = 0;
    for (int i = 0; i < n; i += BLOCK) {
      addLanes(x, from + i, Math.min(BLOCK, n - i), lanes, lanesAt);
      total += Lanes.sum(lanes, lanesAt);
    }
    return total;
  }

  /** The sums of the elements of every lane, of n elements from an index on. */
  static void addLanes(Operand x, long from, int n, float[] lanes, int lanesAt) {
    MemorySegment xs = x.segment();
    long at = x.at(from);
    FloatVector s0 = zero(F32);
    FloatVector s1 = zero(F32);
    FloatVector s2 = zero(F32);
    FloatVector s3 = zero(F32);
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      s0 = s0.add(fromMemorySegment(F32, xs, at + 4L * i, ORDER));
      s1 = s1.add(fromMemorySegment(F32, xs, at + 4L * (i + L), ORDER));
      s2 = s2.add(fromMemorySegment(F32, xs, at + 4L * (i + 2 * L), ORDER));
      s3 = s3.add(fromMemorySegment(F32, xs, at + 4L * (i + 3 * L), ORDER));
    }
    for (; i < n; i += L) {
      s0 = s0.add(fromMemorySegment(F32, xs, at + 4L * i, ORDER, F32.indexInRange(0, n - i)));
    }
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, lanesAt);
  }

  /** Maximum of n elements from an index on; -infinity of none. */
  static float max(Operand x, long from, int n) {
    MemorySegment xs = x.segment();
    long at = x.at(from);
    FloatVector lowest = broadcast(F32, Float.NEGATIVE_INFINITY);
    FloatVector m0 = lowest;
    FloatVector m1 = lowest;
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      m0 = m0.max(fromMemorySegment(F32, xs, at + 4L * i, ORDER));
      m1 = m1.max(fromMemorySegment(F32, xs, at + 4L * (i + L), ORDER));
    }
    for (; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      m0 = m0.max(lowest.blend(fromMemorySegment(F32, xs, at + 4L * i, ORDER, m), m));
    }
    return m0.max(m1).reduceLanes(VectorOperators.MAX);
  }

  private static void sumColumns(Operand x, long from, int rows, int inner, float[] y, int yAt) {
    Arrays.fill(y, yAt, yAt + inner, 0f);
    int r = 0;
    for (; r <= rows - 4; r += 4) {
      addFourRows(x, from + (long) r * inner, inner, y, yAt);
    }
    for (; r < rows; r++) {
      addRow(x, from + (long) r * inner, inner, y, yAt);
    }
  }

  private static void addFourRows(Operand x, long from, int inner, float[] y, int yAt) {
    MemorySegment xs = x.segment();
    long at = x.at(from);
    long stride = 4L * inner;
    int whole = inner / L * L;
    for (int j = 0; j < whole; j += L) {
      long p = at + 4L * j;
      FloatVector a = fromMemorySegment(F32, xs, p, ORDER);
      FloatVector b = fromMemorySegment(F32, xs, p + stride, ORDER);
      FloatVector c = fromMemorySegment(F32, xs, p + 2 * stride, ORDER);
      FloatVector d = fromMemorySegment(F32, xs, p + 3 * stride, ORDER);
      fromArray(F32, y, yAt + j).add(a.add(b).add(c.add(d))).intoArray(y, yAt + j);
    }
    for (int j = whole; j < inner; j++) {
      long i = from + j;
      float low = x.get(i) + x.get(i + inner);
      float high = x.get(i + 2L * inner) + x.get(i + 3L * inner);
      y[yAt + j] += low + high;
    }
  }

  private static void addRow(Operand x, long from, int inner, float[] y, int yAt) {
    MemorySegment xs = x.segment();
    long at = x.at(from);
    for (int j = 0; j < inner; j += L) {
      VectorMask<Float> m = F32.indexInRange(j, inner);
      FloatVector v = fromMemorySegment(F32, xs, at + 4L * j, ORDER, m);
      fromArray(F32, y, yAt + j, m).add(v).intoArray(y, yAt + j, m);
    }
  }

  private static void maxColumns(Operand x, long from, int rows, int inner, float[] y, int yAt) {
    MemorySegment xs = x.segment();
    long at = x.at(from);
    for (int j = 0; j < inner; j += L) {
      VectorMask<Float> m = F32.indexInRange(0, inner - j);
      FloatVector best = broadcast(F32, Float.NEGATIVE_INFINITY);
      for (int r = 0; r < rows; r++) {
        best = best.max(fromMemorySegment(F32, xs, at + 4L * ((long) r * inner + j), ORDER, m));
      }
      best.intoArray(y, yAt + j, m);
    }
  }
}
