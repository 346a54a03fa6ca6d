package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.all;
import static io.github.maskalign.cpu.Mem.first;
import static io.github.maskalign.cpu.Mem.load;
import static io.github.maskalign.cpu.Mem.store;
import static io.github.maskalign.cpu.Mem.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The passes of {@link LayerNormKernel} over a few rows that stay in the cache. Each is a method of
 * its own, as C2 stops inlining, and boxes every vector, in methods of some eighty vector
 * operations.
 *
 * <p>The statistics of row r are four floats: mean, 1 / deviation, and in the backward pass
 * -mean(h) and -mean(h xhat), with h = g gamma.
 */
final class LayerNormRows {
  private LayerNormRows() {}

  static void means(MemorySegment x, long xAt, int rows, int n, float[] statistics) {
    for (int r = 0; r < rows; r++) {
      statistics[r] = (float) (ReduceKernel.sum(x, xAt + 4L * r * n, n) / n);
    }
  }

  /** 1 / sqrt(variance + eps), from the squared distances to the mean. */
  static void inverseDeviations(
      MemorySegment x, long xAt, int rows, int n, float eps, float[] statistics) {
    for (int r = 0; r < rows; r++) {
      double total = 0;
      for (int from = 0; from < n; from += ReduceKernel.BLOCK) {
        long at = xAt + 4L * ((long) r * n + from);
        total += squares(x, at, statistics[r], Math.min(ReduceKernel.BLOCK, n - from));
      }
      statistics[rows + r] = (float) (1 / Math.sqrt(total / n + eps));
    }
  }

  private static float squares(MemorySegment x, long at, float mean, int n) {
    FloatVector s0 = zero();
    FloatVector s1 = zero();
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      FloatVector d0 = load(x, at + 4L * i).sub(mean);
      FloatVector d1 = load(x, at + 4L * (i + L)).sub(mean);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
    }
    for (; i < n; i += L) {
      VectorMask<Float> m = first(n - i);
      FloatVector d = zero().blend(load(x, at + 4L * i, m).sub(mean), m);
      s0 = d.fma(d, s0);
    }
    return Mem.sum(s0.add(s1));
  }

  /** y = (x - mean) / deviation w + b. */
  static void normalise(
      MemorySegment x,
      long xAt,
      int rows,
      int n,
      float[] statistics,
      float[] w,
      float[] b,
      MemorySegment y,
      long yAt) {
    for (int r = 0; r < rows; r++) {
      long from = xAt + 4L * r * n;
      long to = yAt + 4L * r * n;
      FloatVector mean = all(statistics[r]);
      FloatVector scale = all(statistics[rows + r]);
      int i = 0;
      for (; i <= n - L; i += L) {
        FloatVector normal = load(x, from + 4L * i).sub(mean).mul(scale);
        FloatVector v =
            normal.fma(FloatVector.fromArray(F32, w, i), FloatVector.fromArray(F32, b, i));
        store(v, y, to + 4L * i);
      }
      if (i < n) {
        VectorMask<Float> m = first(n - i);
        FloatVector normal = load(x, from + 4L * i, m).sub(mean).mul(scale);
        FloatVector v =
            normal.fma(FloatVector.fromArray(F32, w, i, m), FloatVector.fromArray(F32, b, i, m));
        store(v, y, to + 4L * i, m);
      }
    }
  }

  /** The means of h and h xhat; adds g xhat and g to the sums of dgamma and dbeta. */
  static void products(
      MemorySegment x,
      long xAt,
      MemorySegment g,
      long gAt,
      int rows,
      int n,
      float[] statistics,
      float[] w,
      float[] sums,
      int sumsAt) {
    int betaAt = sumsAt + n;
    for (int r = 0; r < rows; r++) {
      long xRow = xAt + 4L * r * n;
      long gRow = gAt + 4L * r * n;
      FloatVector mean = all(statistics[r]);
      FloatVector scale = all(statistics[rows + r]);
      FloatVector s = zero();
      FloatVector sx = zero();
      int i = 0;
      for (; i <= n - L; i += L) {
        FloatVector normal = load(x, xRow + 4L * i).sub(mean).mul(scale);
        FloatVector d = load(g, gRow + 4L * i);
        FloatVector h = d.mul(FloatVector.fromArray(F32, w, i));
        s = s.add(h);
        sx = h.fma(normal, sx);
        FloatVector a = FloatVector.fromArray(F32, sums, sumsAt + i);
        d.fma(normal, a).intoArray(sums, sumsAt + i);
        FloatVector.fromArray(F32, sums, betaAt + i).add(d).intoArray(sums, betaAt + i);
      }
      if (i < n) {
        VectorMask<Float> m = first(n - i);
        FloatVector normal = load(x, xRow + 4L * i, m).sub(mean).mul(scale);
        FloatVector d = load(g, gRow + 4L * i, m);
        FloatVector h = d.mul(FloatVector.fromArray(F32, w, i, m));
        s = s.add(h);
        sx = h.fma(normal, sx);
        FloatVector a = FloatVector.fromArray(F32, sums, sumsAt + i, m);
        d.fma(normal, a).intoArray(sums, sumsAt + i, m);
        FloatVector.fromArray(F32, sums, betaAt + i, m).add(d).intoArray(sums, betaAt + i, m);
      }
      statistics[2 * rows + r] = -Mem.sum(s) / n;
      statistics[3 * rows + r] = -Mem.sum(sx) / n;
    }
  }

  /** dx = (h - mean(h) - xhat mean(h xhat)) / deviation. */
  static void slopes(
      MemorySegment x,
      long xAt,
      MemorySegment g,
      long gAt,
      int rows,
      int n,
      float[] statistics,
      float[] w,
      MemorySegment dx,
      long dxAt) {
    for (int r = 0; r < rows; r++) {
      long row = 4L * r * n;
      FloatVector mean = all(statistics[r]);
      FloatVector scale = all(statistics[rows + r]);
      FloatVector meanH = all(statistics[2 * rows + r]);
      FloatVector meanHx = all(statistics[3 * rows + r]);
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = row + 4L * i;
        FloatVector normal = load(x, xAt + at).sub(mean).mul(scale);
        FloatVector d = load(g, gAt + at).fma(FloatVector.fromArray(F32, w, i), meanH);
        store(normal.fma(meanHx, d).mul(scale), dx, dxAt + at);
      }
      if (i < n) {
        VectorMask<Float> m = first(n - i);
        long at = row + 4L * i;
        FloatVector normal = load(x, xAt + at, m).sub(mean).mul(scale);
        FloatVector d = load(g, gAt + at, m).fma(FloatVector.fromArray(F32, w, i, m), meanH);
        store(normal.fma(meanHx, d).mul(scale), dx, dxAt + at, m);
      }
    }
  }
}
