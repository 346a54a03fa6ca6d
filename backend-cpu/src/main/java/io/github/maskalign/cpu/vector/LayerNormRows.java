package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.runtime.Operand;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The passes of {@link VectorLayerNorm} over a few rows that stay in the cache. Each is a separate
 * method, because C2 stops inlining, and boxes every vector, in methods of about eighty vector
 * operations.
 *
 * <p>The statistics of row r are four floats: mean, 1 / deviation, and in the backward pass
 * -mean(h) and -mean(h xhat), with h = g gamma.
 */
final class LayerNormRows {
  private LayerNormRows() {}

  /** Floats of a pass over that many rows. */
  static int scratch(int rows) {
    return 4 * rows + (rows + 2) * L;
  }

  static void means(Operand x, long from, int rows, int n, float[] s) {
    int lanes = 4 * rows;
    for (int r = 0; r < rows; r++) {
      VectorReduce.addLanes(x, from + (long) r * n, n, s, lanes + r * L);
    }
    // In a separate loop, so that the processor adds the lanes of all rows in parallel.
    for (int r = 0; r < rows; r++) {
      s[r] = Lanes.sum(s, lanes + r * L) / n;
    }
  }

  /** 1 / sqrt(variance + eps), from the squared distances to the mean. */
  static void inverseDeviations(Operand x, long from, int rows, int n, float eps, float[] s) {
    int lanes = 4 * rows;
    for (int r = 0; r < rows; r++) {
      addSquares(x, from + (long) r * n, n, s[r], s, lanes + r * L);
    }
    for (int r = 0; r < rows; r++) {
      s[rows + r] = (float) (1 / Math.sqrt(Lanes.sum(s, lanes + r * L) / n + eps));
    }
  }

  private static void addSquares(
      Operand x, long from, int n, float mean, float[] lanes, int lanesAt) {
    MemorySegment xs = x.segment();
    long at = x.at(from);
    FloatVector s0 = zero(F32);
    FloatVector s1 = zero(F32);
    FloatVector s2 = zero(F32);
    FloatVector s3 = zero(F32);
    FloatVector shift = broadcast(F32, mean);
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      FloatVector d0 = fromMemorySegment(F32, xs, at + 4L * i, ORDER).sub(shift);
      FloatVector d1 = fromMemorySegment(F32, xs, at + 4L * (i + L), ORDER).sub(shift);
      FloatVector d2 = fromMemorySegment(F32, xs, at + 4L * (i + 2 * L), ORDER).sub(shift);
      FloatVector d3 = fromMemorySegment(F32, xs, at + 4L * (i + 3 * L), ORDER).sub(shift);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      s2 = d2.fma(d2, s2);
      s3 = d3.fma(d3, s3);
    }
    for (; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(i, n);
      FloatVector v = fromMemorySegment(F32, xs, at + 4L * i, ORDER, m);
      FloatVector d = zero(F32).blend(v.sub(shift), m);
      s0 = d.fma(d, s0);
    }
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, lanesAt);
  }

  /** y = (x - mean) / deviation w + b. */
  static void normalize(
      Operand x, Operand y, long from, int rows, int n, float[] statistics, float[] w, float[] b) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int r = 0; r < rows; r++) {
      long source = xAt + 4L * r * n;
      long target = yAt + 4L * r * n;
      FloatVector mean = broadcast(F32, statistics[r]);
      FloatVector scale = broadcast(F32, statistics[rows + r]);
      int i = 0;
      for (; i <= n - L; i += L) {
        FloatVector normal =
            fromMemorySegment(F32, xs, source + 4L * i, ORDER).sub(mean).mul(scale);
        FloatVector v = normal.fma(fromArray(F32, w, i), fromArray(F32, b, i));
        v.intoMemorySegment(ys, target + 4L * i, ORDER);
      }
      if (i < n) {
        VectorMask<Float> m = F32.indexInRange(0, n - i);
        FloatVector normal =
            fromMemorySegment(F32, xs, source + 4L * i, ORDER, m).sub(mean).mul(scale);
        FloatVector v = normal.fma(fromArray(F32, w, i, m), fromArray(F32, b, i, m));
        v.intoMemorySegment(ys, target + 4L * i, ORDER, m);
      }
    }
  }

  /** The means of h and h xhat; adds g xhat and g to the sums of dgamma and dbeta. */
  static void sums(
      Operand x,
      Operand g,
      long from,
      int rows,
      int n,
      float[] statistics,
      float[] w,
      float[] sums,
      int sumsAt) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment gs = g.segment();
    long gAt = g.at(from);
    int betaAt = sumsAt + n;
    int lanes = 4 * rows;
    for (int r = 0; r < rows; r++) {
      long xRow = xAt + 4L * r * n;
      long gRow = gAt + 4L * r * n;
      FloatVector mean = broadcast(F32, statistics[r]);
      FloatVector scale = broadcast(F32, statistics[rows + r]);
      FloatVector s = zero(F32);
      FloatVector sx = zero(F32);
      int i = 0;
      for (; i <= n - L; i += L) {
        FloatVector normal = fromMemorySegment(F32, xs, xRow + 4L * i, ORDER).sub(mean).mul(scale);
        FloatVector d = fromMemorySegment(F32, gs, gRow + 4L * i, ORDER);
        FloatVector h = d.mul(fromArray(F32, w, i));
        s = s.add(h);
        sx = h.fma(normal, sx);
        FloatVector a = fromArray(F32, sums, sumsAt + i);
        d.fma(normal, a).intoArray(sums, sumsAt + i);
        fromArray(F32, sums, betaAt + i).add(d).intoArray(sums, betaAt + i);
      }
      if (i < n) {
        VectorMask<Float> m = F32.indexInRange(0, n - i);
        FloatVector normal =
            fromMemorySegment(F32, xs, xRow + 4L * i, ORDER, m).sub(mean).mul(scale);
        FloatVector d = fromMemorySegment(F32, gs, gRow + 4L * i, ORDER, m);
        FloatVector h = d.mul(fromArray(F32, w, i, m));
        s = s.add(h);
        sx = h.fma(normal, sx);
        FloatVector a = fromArray(F32, sums, sumsAt + i, m);
        d.fma(normal, a).intoArray(sums, sumsAt + i, m);
        fromArray(F32, sums, betaAt + i, m).add(d).intoArray(sums, betaAt + i, m);
      }
      s.intoArray(statistics, lanes);
      sx.intoArray(statistics, lanes + L);
      statistics[2 * rows + r] = -Lanes.sum(statistics, lanes) / n;
      statistics[3 * rows + r] = -Lanes.sum(statistics, lanes + L) / n;
    }
  }

  /** dx = (h - mean(h) - xhat mean(h xhat)) / deviation. */
  static void inputGrad(
      Operand x, Operand g, Operand dx, long from, int rows, int n, float[] statistics, float[] w) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment gs = g.segment();
    long gAt = g.at(from);
    MemorySegment dxs = dx.segment();
    long dxAt = dx.at(from);
    for (int r = 0; r < rows; r++) {
      long row = 4L * r * n;
      FloatVector mean = broadcast(F32, statistics[r]);
      FloatVector scale = broadcast(F32, statistics[rows + r]);
      FloatVector meanH = broadcast(F32, statistics[2 * rows + r]);
      FloatVector meanHx = broadcast(F32, statistics[3 * rows + r]);
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = row + 4L * i;
        FloatVector normal = fromMemorySegment(F32, xs, xAt + at, ORDER).sub(mean).mul(scale);
        FloatVector d =
            fromMemorySegment(F32, gs, gAt + at, ORDER).fma(fromArray(F32, w, i), meanH);
        normal.fma(meanHx, d).mul(scale).intoMemorySegment(dxs, dxAt + at, ORDER);
      }
      if (i < n) {
        VectorMask<Float> m = F32.indexInRange(0, n - i);
        long at = row + 4L * i;
        FloatVector normal = fromMemorySegment(F32, xs, xAt + at, ORDER, m).sub(mean).mul(scale);
        FloatVector d =
            fromMemorySegment(F32, gs, gAt + at, ORDER, m).fma(fromArray(F32, w, i, m), meanH);
        normal.fma(meanHx, d).mul(scale).intoMemorySegment(dxs, dxAt + at, ORDER, m);
      }
    }
  }
}
