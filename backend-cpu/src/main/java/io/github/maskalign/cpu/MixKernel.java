package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Weighted sum of S blocks of n elements, in one pass over memory, and its weights' gradient. */
final class MixKernel {
  /** Elements handled at a time in the backward pass: the gradient's stay in the first cache. */
  private static final int BLOCK = 2048;

  private final Workers workers;
  private final Scratch scratch;

  MixKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /**
   * y[i] = sum over j of w[j] x_j[i], from w[wOffset]; x_j starts at element offsets[j] of x[j].
   */
  void forward(
      float[] w,
      int wOffset,
      MemorySegment[] x,
      long[] offsets,
      MemorySegment y,
      long yOffset,
      long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          mix(w, wOffset, x, offsets, from, y, yOffset, Chunks.length(n, Chunks.ELEMENTS, c));
        });
  }

  private static void mix(
      float[] w,
      int wOffset,
      MemorySegment[] x,
      long[] offsets,
      long from,
      MemorySegment y,
      long yOffset,
      int n) {
    long yAt = 4 * (yOffset + from);
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      FloatVector s0 = zero(F32);
      FloatVector s1 = zero(F32);
      FloatVector s2 = zero(F32);
      FloatVector s3 = zero(F32);
      for (int j = 0; j < x.length; j++) {
        FloatVector weight = broadcast(F32, w[wOffset + j]);
        MemorySegment xj = x[j];
        long at = 4 * (offsets[j] + from + i);
        s0 = weight.fma(fromMemorySegment(F32, xj, at, ORDER), s0);
        s1 = weight.fma(fromMemorySegment(F32, xj, at + 4L * L, ORDER), s1);
        s2 = weight.fma(fromMemorySegment(F32, xj, at + 8L * L, ORDER), s2);
        s3 = weight.fma(fromMemorySegment(F32, xj, at + 12L * L, ORDER), s3);
      }
      s0.intoMemorySegment(y, yAt + 4L * i, ORDER);
      s1.intoMemorySegment(y, yAt + 4L * (i + L), ORDER);
      s2.intoMemorySegment(y, yAt + 4L * (i + 2 * L), ORDER);
      s3.intoMemorySegment(y, yAt + 4L * (i + 3 * L), ORDER);
    }
    for (; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector s = zero(F32);
      for (int j = 0; j < x.length; j++) {
        s =
            broadcast(F32, w[wOffset + j])
                .fma(fromMemorySegment(F32, x[j], 4 * (offsets[j] + from + i), ORDER, m), s);
      }
      s.intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }

  /** dw[dwOffset + j] = sum over i of g[i] x_j[i]. */
  void backwardWeights(
      MemorySegment g,
      long gOffset,
      MemorySegment[] x,
      long[] offsets,
      float[] dw,
      int dwOffset,
      long n) {
    int levels = x.length;
    int tasks = Chunks.count(n, Chunks.ELEMENTS);
    double[] partial = scratch.takeDoubles(Math.multiplyExact(tasks, levels));
    workers.run(
        tasks,
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          float[] lanes = scratch.takeFloats(L);
          Arrays.fill(partial, c * levels, (c + 1) * levels, 0.0);
          for (int i = 0; i < length; i += BLOCK) {
            long gAt = 4 * (gOffset + from + i);
            int block = Math.min(BLOCK, length - i);
            for (int j = 0; j < levels; j++) {
              long xAt = 4 * (offsets[j] + from + i);
              partial[c * levels + j] += AccumulateKernel.dot(g, gAt, x[j], xAt, block, lanes);
            }
          }
          scratch.give(lanes);
        });
    for (int j = 0; j < levels; j++) {
      double total = 0;
      for (int c = 0; c < tasks; c++) {
        total += partial[c * levels + j];
      }
      dw[dwOffset + j] = (float) total;
    }
    scratch.give(partial);
  }
}
