package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Losses over contiguous data, summed in a fixed order, and their gradients. */
final class LossKernel {
  private final Workers workers;
  private final Scratch scratch;

  LossKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /**
   * Sum over i of the smooth L1 loss of d = a[i] - b[i]: d^2 / (2 beta) where |d| is below beta,
   * |d| - beta/2 elsewhere (Girshick, 2015). With beta 0 it is |d|.
   */
  double smoothL1(
      MemorySegment a, long aOffset, MemorySegment b, long bOffset, float beta, long n) {
    int tasks = Chunks.count(n, Chunks.ELEMENTS);
    double[] partial = scratch.takeDoubles(tasks);
    workers.run(
        tasks,
        t -> {
          long from = (long) t * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, t);
          double sum = 0;
          float[] lanes = scratch.takeFloats(L);
          for (int i = 0; i < length; i += ReduceKernel.BLOCK) {
            long aAt = 4 * (aOffset + from + i);
            long bAt = 4 * (bOffset + from + i);
            int block = Math.min(ReduceKernel.BLOCK, length - i);
            smoothL1Lanes(a, aAt, b, bAt, beta, block, lanes);
            sum += Mem.sum(lanes, 0);
          }
          scratch.give(lanes);
          partial[t] = sum;
        });
    return sumAndGive(partial, tasks);
  }

  /** da[i] = scale clamp((a[i] - b[i]) / beta, -1, 1); with beta 0, scale sign(a[i] - b[i]). */
  void smoothL1Backward(
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      float beta,
      float scale,
      MemorySegment da,
      long daOffset,
      long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        t -> {
          long from = (long) t * Chunks.ELEMENTS;
          long aAt = 4 * (aOffset + from);
          long bAt = 4 * (bOffset + from);
          long daAt = 4 * (daOffset + from);
          int length = Chunks.length(n, Chunks.ELEMENTS, t);
          smoothL1Slopes(a, aAt, b, bAt, beta, scale, da, daAt, length);
        });
  }

  /**
   * Mean over the rows of -sum over classes of t log softmax(x), for logits x [rows, classes] and
   * target shares t [rows, classes].
   */
  double crossEntropy(
      MemorySegment x, long xOffset, MemorySegment t, long tOffset, int rows, int classes) {
    double[] partial = scratch.takeDoubles(rows);
    int perTask = Chunks.rows(classes);
    workers.run(
        Chunks.count(rows, perTask),
        task -> {
          float[] s = scratch.takeFloats(SoftmaxRows.scratch(1));
          int r = task * perTask;
          for (int end = Math.min(rows, r + perTask); r < end; r++) {
            long at = (long) r * classes;
            partial[r] = rowLoss(x, 4 * (xOffset + at), t, 4 * (tOffset + at), classes, s);
          }
          scratch.give(s);
        });
    return sumAndGive(partial, rows) / rows;
  }

  /** dx = scale / rows (softmax(x) sum t - t). */
  void crossEntropyBackward(
      MemorySegment x,
      long xOffset,
      MemorySegment t,
      long tOffset,
      float scale,
      MemorySegment dx,
      long dxOffset,
      int rows,
      int classes) {
    int perTask = Chunks.rows(classes);
    float share = scale / rows;
    workers.run(
        Chunks.count(rows, perTask),
        task -> {
          float[] s = scratch.takeFloats(SoftmaxRows.scratch(1));
          int r = task * perTask;
          for (int end = Math.min(rows, r + perTask); r < end; r++) {
            long at = (long) r * classes;
            long xAt = 4 * (xOffset + at);
            rowSlopes(x, xAt, t, 4 * (tOffset + at), share, dx, 4 * (dxOffset + at), classes, s);
          }
          scratch.give(s);
        });
  }

  private double sumAndGive(double[] partial, int n) {
    double total = 0;
    for (int i = 0; i < n; i++) {
      total += partial[i];
    }
    scratch.give(partial);
    return total;
  }

  private static void smoothL1Lanes(
      MemorySegment a, long aAt, MemorySegment b, long bAt, float beta, int n, float[] lanes) {
    FloatVector s = zero(F32);
    FloatVector limit = broadcast(F32, beta);
    FloatVector inverse = broadcast(F32, 1 / beta);
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector d =
          fromMemorySegment(F32, a, aAt + 4L * i, ORDER, m)
              .sub(fromMemorySegment(F32, b, bAt + 4L * i, ORDER, m))
              .abs();
      VectorMask<Float> near = d.compare(VectorOperators.LT, limit);
      FloatVector far = d.sub(beta / 2);
      s = s.add(far.blend(d.mul(d).mul(0.5f).mul(inverse), near), m);
    }
    s.intoArray(lanes, 0);
  }

  private static void smoothL1Slopes(
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      float beta,
      float scale,
      MemorySegment da,
      long daAt,
      int n) {
    FloatVector slope = broadcast(F32, scale / beta);
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector d =
          fromMemorySegment(F32, a, aAt + 4L * i, ORDER, m)
              .sub(fromMemorySegment(F32, b, bAt + 4L * i, ORDER, m));
      // NaN is in none of the three comparisons and comes through the product.
      FloatVector y = d.mul(slope);
      y = y.blend(scale, d.compare(VectorOperators.GE, beta));
      y = y.blend(-scale, d.compare(VectorOperators.LE, -beta));
      y = y.blend(0f, d.compare(VectorOperators.EQ, 0f));
      y.intoMemorySegment(da, daAt + 4L * i, ORDER, m);
    }
  }

  private static double rowLoss(
      MemorySegment x, long xAt, MemorySegment t, long tAt, int n, float[] s) {
    SoftmaxRows.maxima(x, xAt, 1, n, s);
    FloatVector max = broadcast(F32, s[0]);
    SoftmaxRows.sumsOfExponentials(x, xAt, 1, n, s);
    FloatVector logSum = broadcast(F32, (float) Math.log(s[0]));
    FloatVector sum = zero(F32);
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(i, n);
      FloatVector v = fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m);
      FloatVector share = fromMemorySegment(F32, t, tAt + 4L * i, ORDER, m);
      sum = sum.add(logSum.sub(v.sub(max)).mul(share), m);
    }
    sum.intoArray(s, 0);
    return Mem.sum(s, 0);
  }

  private static void rowSlopes(
      MemorySegment x,
      long xAt,
      MemorySegment t,
      long tAt,
      float share,
      MemorySegment dx,
      long dxAt,
      int n,
      float[] s) {
    double shares = ReduceKernel.sum(t, tAt, n, s, 0);
    SoftmaxRows.maxima(x, xAt, 1, n, s);
    SoftmaxRows.exponentials(x, xAt, dx, dxAt, 1, n, s);
    FloatVector weight = broadcast(F32, (float) (shares / s[0]));
    FloatVector factor = broadcast(F32, share);
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(i, n);
      FloatVector e = fromMemorySegment(F32, dx, dxAt + 4L * i, ORDER, m);
      FloatVector d = e.mul(weight).sub(fromMemorySegment(F32, t, tAt + 4L * i, ORDER, m));
      d.mul(factor).intoMemorySegment(dx, dxAt + 4L * i, ORDER, m);
    }
  }
}
