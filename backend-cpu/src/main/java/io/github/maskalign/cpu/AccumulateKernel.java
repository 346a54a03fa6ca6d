package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Adding into a block in place, and the squared norm of many blocks. */
final class AccumulateKernel {
  /** n contiguous elements from an offset, in elements. */
  record Span(MemorySegment segment, long offset, long n) {}

  private final Workers workers;
  private final Scratch scratch;

  AccumulateKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /** y[i] += a x[i]. */
  void add(float a, MemorySegment x, long xOffset, MemorySegment y, long yOffset, long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          addChunk(a, x, 4 * (xOffset + from), y, 4 * (yOffset + from), length);
        });
  }

  private static void addChunk(
      float a, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    FloatVector factor = broadcast(F32, a);
    int i = 0;
    for (; i <= n - L; i += L) {
      fromMemorySegment(F32, x, xAt + 4L * i, ORDER)
          .fma(factor, fromMemorySegment(F32, y, yAt + 4L * i, ORDER))
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector sum =
          fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m)
              .fma(factor, fromMemorySegment(F32, y, yAt + 4L * i, ORDER, m));
      sum.intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  /** Sum of the squares of every element of every span. */
  double sumOfSquares(List<Span> spans) {
    int[] start = new int[spans.size() + 1];
    for (int s = 0; s < spans.size(); s++) {
      start[s + 1] = Math.addExact(start[s], Chunks.count(spans.get(s).n(), Chunks.ELEMENTS));
    }
    int tasks = start[spans.size()];
    double[] partial = scratch.takeDoubles(tasks);
    workers.run(
        tasks,
        task -> {
          int s = Chunks.owner(start, task);
          Span span = spans.get(s);
          int chunk = task - start[s];
          long at = 4 * (span.offset() + (long) chunk * Chunks.ELEMENTS);
          int length = Chunks.length(span.n(), Chunks.ELEMENTS, chunk);
          float[] lanes = scratch.takeFloats(L);
          partial[task] = dot(span.segment(), at, span.segment(), at, length, lanes);
          scratch.give(lanes);
        });
    double total = 0;
    for (int task = 0; task < tasks; task++) {
      total += partial[task];
    }
    scratch.give(partial);
    return total;
  }

  /**
   * Dot product of n elements at byte addresses: f32 in blocks, blocks in double; lanes has room
   * for a vector.
   */
  static double dot(MemorySegment x, long xAt, MemorySegment y, long yAt, int n, float[] lanes) {
    double total = 0;
    for (int from = 0; from < n; from += ReduceKernel.BLOCK) {
      int length = Math.min(ReduceKernel.BLOCK, n - from);
      addProducts(x, xAt + 4L * from, y, yAt + 4L * from, length, lanes);
      total += Mem.sum(lanes, 0);
    }
    return total;
  }

  private static void addProducts(
      MemorySegment x, long xAt, MemorySegment y, long yAt, int n, float[] lanes) {
    FloatVector s0 = zero(F32);
    FloatVector s1 = zero(F32);
    FloatVector s2 = zero(F32);
    FloatVector s3 = zero(F32);
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      s0 =
          fromMemorySegment(F32, x, xAt + 4L * i, ORDER)
              .fma(fromMemorySegment(F32, y, yAt + 4L * i, ORDER), s0);
      s1 =
          fromMemorySegment(F32, x, xAt + 4L * (i + L), ORDER)
              .fma(fromMemorySegment(F32, y, yAt + 4L * (i + L), ORDER), s1);
      s2 =
          fromMemorySegment(F32, x, xAt + 4L * (i + 2 * L), ORDER)
              .fma(fromMemorySegment(F32, y, yAt + 4L * (i + 2 * L), ORDER), s2);
      s3 =
          fromMemorySegment(F32, x, xAt + 4L * (i + 3 * L), ORDER)
              .fma(fromMemorySegment(F32, y, yAt + 4L * (i + 3 * L), ORDER), s3);
    }
    for (; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      s0 =
          fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m)
              .fma(fromMemorySegment(F32, y, yAt + 4L * i, ORDER, m), s0);
    }
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
  }
}
