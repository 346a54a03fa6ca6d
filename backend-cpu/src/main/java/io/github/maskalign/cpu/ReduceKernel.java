package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.tensor.op.Reduction;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Sums and maxima over axes of contiguous data.
 *
 * <p>Sums add f32 in short blocks over many lanes and combine the blocks in double, in a fixed
 * order: the error does not grow with the length beyond one block's.
 */
final class ReduceKernel {
  /** Elements summed in f32 before the partial sum goes on in double. */
  static final int BLOCK = 1024;

  /** Rows added in f32, four at a time, before a column sum goes on in double. */
  private static final int FEWEST_ROWS = 32;

  private static final int MOST_ROWS = 256;

  private final Workers workers;
  private final Scratch scratch;

  ReduceKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /**
   * x [outer, size, inner] -> y [outer, inner], over the middle axis. Over an empty axis the sum is
   * 0 and the maximum -infinity.
   */
  void apply(
      Reduction op,
      MemorySegment x,
      long xOffset,
      long outer,
      int size,
      int inner,
      MemorySegment y,
      long yOffset) {
    if (outer * inner == 0) {
      return;
    }
    if (inner == 1) {
      rows(op, x, xOffset, outer, size, y, yOffset);
    } else {
      columns(op, x, xOffset, outer, size, inner, y, yOffset);
    }
  }

  /** Sum or maximum of n contiguous elements. */
  float total(Reduction op, MemorySegment x, long xOffset, long n) {
    int tasks = Chunks.count(n, Chunks.ELEMENTS);
    double[] partial = scratch.takeDoubles(tasks);
    workers.run(
        tasks,
        c -> {
          long at = 4 * (xOffset + (long) c * Chunks.ELEMENTS);
          float[] lanes = scratch.takeFloats(L);
          partial[c] = row(op, x, at, Chunks.length(n, Chunks.ELEMENTS, c), lanes);
          scratch.give(lanes);
        });
    double total = op == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY;
    for (int c = 0; c < tasks; c++) {
      total = op == Reduction.SUM ? total + partial[c] : Math.max(total, partial[c]);
    }
    scratch.give(partial);
    return (float) total;
  }

  private void rows(
      Reduction op,
      MemorySegment x,
      long xOffset,
      long outer,
      int size,
      MemorySegment y,
      long yOffset) {
    if (outer == 1) {
      Mem.set(y, 4 * yOffset, total(op, x, xOffset, size));
      return;
    }
    int rowsPerTask = Chunks.rows(size);
    workers.run(
        Chunks.count(outer, rowsPerTask),
        c -> {
          float[] lanes = scratch.takeFloats(L);
          long r = (long) c * rowsPerTask;
          for (long end = Math.min(outer, r + rowsPerTask); r < end; r++) {
            float value = (float) row(op, x, 4 * (xOffset + r * size), size, lanes);
            Mem.set(y, 4 * (yOffset + r), value);
          }
          scratch.give(lanes);
        });
  }

  private static double row(Reduction op, MemorySegment x, long at, int n, float[] lanes) {
    return op == Reduction.SUM ? sum(x, at, n, lanes, 0) : max(x, at, n);
  }

  /** Sum of n elements at a byte address; lanes has room for a vector at lanesAt. */
  static double sum(MemorySegment x, long at, int n, float[] lanes, int lanesAt) {
    double total = 0;
    for (int from = 0; from < n; from += BLOCK) {
      addLanes(x, at + 4L * from, Math.min(BLOCK, n - from), lanes, lanesAt);
      total += Mem.sum(lanes, lanesAt);
    }
    return total;
  }

  /** The sums of the elements of every lane, of n elements at a byte address. */
  static void addLanes(MemorySegment x, long at, int n, float[] lanes, int lanesAt) {
    FloatVector s0 = zero(F32);
    FloatVector s1 = zero(F32);
    FloatVector s2 = zero(F32);
    FloatVector s3 = zero(F32);
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      s0 = s0.add(fromMemorySegment(F32, x, at + 4L * i, ORDER));
      s1 = s1.add(fromMemorySegment(F32, x, at + 4L * (i + L), ORDER));
      s2 = s2.add(fromMemorySegment(F32, x, at + 4L * (i + 2 * L), ORDER));
      s3 = s3.add(fromMemorySegment(F32, x, at + 4L * (i + 3 * L), ORDER));
    }
    for (; i < n; i += L) {
      s0 = s0.add(fromMemorySegment(F32, x, at + 4L * i, ORDER, F32.indexInRange(0, n - i)));
    }
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, lanesAt);
  }

  /** Largest of n elements at a byte address; -infinity of none. */
  static float max(MemorySegment x, long at, int n) {
    FloatVector lowest = broadcast(F32, Float.NEGATIVE_INFINITY);
    FloatVector m0 = lowest;
    FloatVector m1 = lowest;
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      m0 = m0.max(fromMemorySegment(F32, x, at + 4L * i, ORDER));
      m1 = m1.max(fromMemorySegment(F32, x, at + 4L * (i + L), ORDER));
    }
    for (; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      m0 = m0.max(lowest.blend(fromMemorySegment(F32, x, at + 4L * i, ORDER, m), m));
    }
    return m0.max(m1).reduceLanes(VectorOperators.MAX);
  }

  private void columns(
      Reduction op,
      MemorySegment x,
      long xOffset,
      long outer,
      int size,
      int inner,
      MemorySegment y,
      long yOffset) {
    int rowsPerChunk = Math.clamp(Chunks.rows(inner), FEWEST_ROWS, MOST_ROWS);
    int chunks = Math.max(1, Chunks.count(size, rowsPerChunk));
    int tasks = Math.toIntExact(Math.multiplyExact(outer, (long) chunks));
    float[] partial = scratch.takeFloats(Math.multiplyExact(tasks, inner));
    workers.run(
        tasks,
        t -> {
          long start = t / chunks * (long) size + (long) (t % chunks) * rowsPerChunk;
          int rows = Math.max(0, Math.min(rowsPerChunk, size - t % chunks * rowsPerChunk));
          long at = 4 * (xOffset + start * inner);
          if (op == Reduction.SUM) {
            sumColumns(x, at, rows, inner, partial, t * inner);
          } else {
            maxColumns(x, at, rows, inner, partial, t * inner);
          }
        });
    int outerPerTask = Chunks.rows((long) chunks * inner);
    workers.run(
        Chunks.count(outer, outerPerTask),
        t -> {
          int o = t * outerPerTask;
          for (int end = (int) Math.min(outer, o + outerPerTask); o < end; o++) {
            long yAt = 4 * (yOffset + (long) o * inner);
            combine(op, partial, o * chunks * inner, chunks, inner, y, yAt);
          }
        });
    scratch.give(partial);
  }

  private static void sumColumns(
      MemorySegment x, long at, int rows, int inner, float[] y, int yAt) {
    Arrays.fill(y, yAt, yAt + inner, 0f);
    long stride = 4L * inner;
    int r = 0;
    for (; r <= rows - 4; r += 4) {
      addFourRows(x, at + r * stride, stride, inner, y, yAt);
    }
    for (; r < rows; r++) {
      addRow(x, at + r * stride, inner, y, yAt);
    }
  }

  private static void addFourRows(
      MemorySegment x, long at, long stride, int inner, float[] y, int yAt) {
    int whole = inner / L * L;
    for (int j = 0; j < whole; j += L) {
      long p = at + 4L * j;
      FloatVector a = fromMemorySegment(F32, x, p, ORDER);
      FloatVector b = fromMemorySegment(F32, x, p + stride, ORDER);
      FloatVector c = fromMemorySegment(F32, x, p + 2 * stride, ORDER);
      FloatVector d = fromMemorySegment(F32, x, p + 3 * stride, ORDER);
      fromArray(F32, y, yAt + j).add(a.add(b).add(c.add(d))).intoArray(y, yAt + j);
    }
    for (int j = whole; j < inner; j++) {
      long p = at + 4L * j;
      float low = Mem.get(x, p) + Mem.get(x, p + stride);
      float high = Mem.get(x, p + 2 * stride) + Mem.get(x, p + 3 * stride);
      y[yAt + j] += low + high;
    }
  }

  private static void addRow(MemorySegment x, long at, int inner, float[] y, int yAt) {
    for (int j = 0; j < inner; j += L) {
      VectorMask<Float> m = F32.indexInRange(j, inner);
      FloatVector v = fromMemorySegment(F32, x, at + 4L * j, ORDER, m);
      fromArray(F32, y, yAt + j, m).add(v).intoArray(y, yAt + j, m);
    }
  }

  private static void maxColumns(
      MemorySegment x, long at, int rows, int inner, float[] y, int yAt) {
    for (int j = 0; j < inner; j += L) {
      VectorMask<Float> m = F32.indexInRange(0, inner - j);
      FloatVector best = broadcast(F32, Float.NEGATIVE_INFINITY);
      for (int r = 0; r < rows; r++) {
        best = best.max(fromMemorySegment(F32, x, at + 4L * ((long) r * inner + j), ORDER, m));
      }
      best.intoArray(y, yAt + j, m);
    }
  }

  private void combine(
      Reduction op, float[] partial, int from, int chunks, int inner, MemorySegment y, long yAt) {
    double[] total = scratch.takeDoubles(inner);
    for (int j = 0; j < inner; j++) {
      total[j] = partial[from + j];
    }
    for (int c = 1; c < chunks; c++) {
      int at = from + c * inner;
      for (int j = 0; j < inner; j++) {
        total[j] =
            op == Reduction.SUM ? total[j] + partial[at + j] : Math.max(total[j], partial[at + j]);
      }
    }
    for (int j = 0; j < inner; j++) {
      Mem.set(y, yAt + 4L * j, (float) total[j]);
    }
    scratch.give(total);
  }
}
