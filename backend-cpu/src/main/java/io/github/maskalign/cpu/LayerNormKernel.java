package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.all;
import static io.github.maskalign.cpu.Mem.first;
import static io.github.maskalign.cpu.Mem.load;
import static io.github.maskalign.cpu.Mem.store;
import static io.github.maskalign.cpu.Mem.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation (Ba et al., 2016) over the rows of contiguous x [rows, width]: y = gamma (x -
 * mean) / sqrt(variance + eps) + beta, with the biased variance. Gamma and beta [width] may be
 * null, which stands for 1 and 0.
 */
final class LayerNormKernel {
  /** Rows whose gamma and beta gradients are added in f32 before going on in double. */
  private static final int BACKWARD_ROWS = 32;

  private final Workers workers;
  private final Scratch scratch;

  LayerNormKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /** y may be x. */
  void forward(
      MemorySegment x,
      long xOffset,
      @Nullable MemorySegment gamma,
      long gammaOffset,
      @Nullable MemorySegment beta,
      long betaOffset,
      float eps,
      MemorySegment y,
      long yOffset,
      long rows,
      int width) {
    int perTask = Chunks.rows(width);
    workers.run(
        Chunks.count(rows, perTask),
        t -> {
          long r = (long) t * perTask;
          for (long end = Math.min(rows, r + perTask); r < end; r++) {
            long xAt = 4 * (xOffset + r * width);
            long yAt = 4 * (yOffset + r * width);
            forwardRow(x, xAt, gamma, 4 * gammaOffset, beta, 4 * betaOffset, eps, y, yAt, width);
          }
        });
  }

  /**
   * From x and g = dy [rows, width]: dx, and dgamma = sum over rows of g xhat, dbeta = sum over
   * rows of g (each [width], overwritten; null where not wanted). The statistics are computed
   * again. dx may be g or x.
   */
  void backward(
      MemorySegment x,
      long xOffset,
      @Nullable MemorySegment gamma,
      long gammaOffset,
      float eps,
      MemorySegment g,
      long gOffset,
      MemorySegment dx,
      long dxOffset,
      @Nullable MemorySegment dgamma,
      long dgammaOffset,
      @Nullable MemorySegment dbeta,
      long dbetaOffset,
      long rows,
      int width) {
    int chunks = Chunks.count(rows, BACKWARD_ROWS);
    float[] partial = scratch.takeFloats(Math.multiplyExact(chunks, 2 * width));
    workers.run(
        chunks,
        c -> {
          int from = c * 2 * width;
          java.util.Arrays.fill(partial, from, from + 2 * width, 0f);
          long r = (long) c * BACKWARD_ROWS;
          for (long end = Math.min(rows, r + BACKWARD_ROWS); r < end; r++) {
            long xAt = 4 * (xOffset + r * width);
            long gAt = 4 * (gOffset + r * width);
            long dxAt = 4 * (dxOffset + r * width);
            backwardRow(
                x, xAt, gamma, 4 * gammaOffset, eps, g, gAt, dx, dxAt, partial, from, width);
          }
        });
    combine(partial, 0, chunks, dgamma, 4 * dgammaOffset, width);
    combine(partial, width, chunks, dbeta, 4 * dbetaOffset, width);
    scratch.give(partial);
  }

  private void combine(
      float[] partial, int from, int chunks, @Nullable MemorySegment y, long yAt, int width) {
    if (y == null) {
      return;
    }
    double[] total = scratch.takeDoubles(width);
    java.util.Arrays.fill(total, 0, width, 0.0);
    for (int c = 0; c < chunks; c++) {
      int at = from + c * 2 * width;
      for (int j = 0; j < width; j++) {
        total[j] += partial[at + j];
      }
    }
    for (int j = 0; j < width; j++) {
      Mem.set(y, yAt + 4L * j, (float) total[j]);
    }
    scratch.give(total);
  }

  private static void forwardRow(
      MemorySegment x,
      long xAt,
      @Nullable MemorySegment gamma,
      long gammaAt,
      @Nullable MemorySegment beta,
      long betaAt,
      float eps,
      MemorySegment y,
      long yAt,
      int n) {
    float mean = mean(x, xAt, n);
    FloatVector scale = all(inverseDeviation(x, xAt, mean, eps, n));
    FloatVector one = all(1f);
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = first(n - i);
      FloatVector normal = load(x, xAt + 4L * i, m).sub(mean).mul(scale);
      FloatVector w = gamma == null ? one : load(gamma, gammaAt + 4L * i, m);
      FloatVector b = beta == null ? zero() : load(beta, betaAt + 4L * i, m);
      store(normal.fma(w, b), y, yAt + 4L * i, m);
    }
  }

  /**
   * With h = g gamma: dx = (h - mean(h) - xhat mean(h xhat)) / deviation; adds g xhat and g into
   * the partial sums.
   */
  private static void backwardRow(
      MemorySegment x,
      long xAt,
      @Nullable MemorySegment gamma,
      long gammaAt,
      float eps,
      MemorySegment g,
      long gAt,
      MemorySegment dx,
      long dxAt,
      float[] partial,
      int dgammaAt,
      int n) {
    int dbetaAt = dgammaAt + n;
    float mean = mean(x, xAt, n);
    FloatVector scale = all(inverseDeviation(x, xAt, mean, eps, n));
    FloatVector one = all(1f);
    FloatVector s = zero();
    FloatVector sx = zero();
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = first(n - i);
      FloatVector normal = load(x, xAt + 4L * i, m).sub(mean).mul(scale);
      FloatVector d = load(g, gAt + 4L * i, m);
      FloatVector h = gamma == null ? d : d.mul(load(gamma, gammaAt + 4L * i, m));
      s = s.add(h);
      sx = h.fma(normal, sx);
      FloatVector a = FloatVector.fromArray(Mem.F32, partial, dgammaAt + i, m);
      d.fma(normal, a).intoArray(partial, dgammaAt + i, m);
      FloatVector b = FloatVector.fromArray(Mem.F32, partial, dbetaAt + i, m);
      b.add(d).intoArray(partial, dbetaAt + i, m);
    }
    FloatVector meanH = all(-Mem.sum(s) / n);
    FloatVector meanHx = all(-Mem.sum(sx) / n);
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = first(n - i);
      FloatVector normal = load(x, xAt + 4L * i, m).sub(mean).mul(scale);
      FloatVector w = gamma == null ? one : load(gamma, gammaAt + 4L * i, m);
      FloatVector d = load(g, gAt + 4L * i, m).fma(w, meanH);
      store(normal.fma(meanHx, d).mul(scale), dx, dxAt + 4L * i, m);
    }
  }

  private static float mean(MemorySegment x, long xAt, int n) {
    return (float) (ReduceKernel.sum(x, xAt, n) / n);
  }

  /** 1 / sqrt(variance + eps), from the squared distances to the mean. */
  private static float inverseDeviation(MemorySegment x, long xAt, float mean, float eps, int n) {
    double total = 0;
    for (int from = 0; from < n; from += ReduceKernel.BLOCK) {
      int length = Math.min(ReduceKernel.BLOCK, n - from);
      total += squaredDistances(x, xAt + 4L * from, mean, length);
    }
    return (float) (1 / Math.sqrt(total / n + eps));
  }

  private static float squaredDistances(MemorySegment x, long at, float mean, int n) {
    FloatVector s0 = zero();
    FloatVector s1 = zero();
    FloatVector s2 = zero();
    FloatVector s3 = zero();
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      FloatVector d0 = load(x, at + 4L * i).sub(mean);
      FloatVector d1 = load(x, at + 4L * (i + L)).sub(mean);
      FloatVector d2 = load(x, at + 4L * (i + 2 * L)).sub(mean);
      FloatVector d3 = load(x, at + 4L * (i + 3 * L)).sub(mean);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      s2 = d2.fma(d2, s2);
      s3 = d3.fma(d3, s3);
    }
    for (; i < n; i += L) {
      VectorMask<Float> m = first(n - i);
      FloatVector d = zero().blend(load(x, at + 4L * i, m).sub(mean), m);
      s0 = d.fma(d, s0);
    }
    return Mem.sum(s0.add(s1).add(s2.add(s3)));
  }
}
