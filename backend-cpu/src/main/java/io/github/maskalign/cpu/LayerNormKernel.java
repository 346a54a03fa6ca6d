package io.github.maskalign.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation (Ba et al., 2016) over the rows of contiguous x [rows, width]: y = gamma (x -
 * mean) / sqrt(variance + eps) + beta, with the biased variance. Gamma and beta [width] may be
 * null, which stands for 1 and 0.
 */
final class LayerNormKernel {
  /** Rows of a task; their gamma and beta gradients are added in f32 before going on in double. */
  private static final int ROWS = 32;

  /** Elements of a block of rows: what passes share stays in the first cache. */
  private static final int BLOCK = 4096;

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
    float[] w = weights(gamma, gammaOffset, 1f, width);
    float[] b = weights(beta, betaOffset, 0f, width);
    int block = Math.clamp(BLOCK / Math.max(1, width), 1, ROWS);
    workers.run(
        Chunks.count(rows, ROWS),
        t -> {
          float[] s = scratch.takeFloats(LayerNormRows.scratch(block));
          long end = Math.min(rows, (t + 1L) * ROWS);
          for (long r = (long) t * ROWS; r < end; r += block) {
            int n = (int) Math.min(block, end - r);
            long xAt = 4 * (xOffset + r * width);
            LayerNormRows.means(x, xAt, n, width, s);
            LayerNormRows.inverseDeviations(x, xAt, n, width, eps, s);
            LayerNormRows.normalise(x, xAt, n, width, s, w, b, y, 4 * (yOffset + r * width));
          }
          scratch.give(s);
        });
    scratch.give(w);
    scratch.give(b);
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
    int chunks = Chunks.count(rows, ROWS);
    float[] w = weights(gamma, gammaOffset, 1f, width);
    float[] partial = scratch.takeFloats(Math.multiplyExact(chunks, 2 * width));
    int block = Math.clamp(BLOCK / Math.max(1, width), 1, ROWS);
    workers.run(
        chunks,
        c -> {
          int sumsAt = c * 2 * width;
          Arrays.fill(partial, sumsAt, sumsAt + 2 * width, 0f);
          float[] s = scratch.takeFloats(LayerNormRows.scratch(block));
          long end = Math.min(rows, (c + 1L) * ROWS);
          for (long r = (long) c * ROWS; r < end; r += block) {
            int n = (int) Math.min(block, end - r);
            long xAt = 4 * (xOffset + r * width);
            long gAt = 4 * (gOffset + r * width);
            LayerNormRows.means(x, xAt, n, width, s);
            LayerNormRows.inverseDeviations(x, xAt, n, width, eps, s);
            LayerNormRows.products(x, xAt, g, gAt, n, width, s, w, partial, sumsAt);
            LayerNormRows.slopes(x, xAt, g, gAt, n, width, s, w, dx, 4 * (dxOffset + r * width));
          }
          scratch.give(s);
        });
    combine(partial, 0, chunks, dgamma, dgammaOffset, width);
    combine(partial, width, chunks, dbeta, dbetaOffset, width);
    scratch.give(partial);
    scratch.give(w);
  }

  private float[] weights(@Nullable MemorySegment w, long offset, float absent, int width) {
    float[] weights = scratch.takeFloats(width);
    if (w == null) {
      Arrays.fill(weights, 0, width, absent);
    } else {
      MemorySegment.copy(w, JAVA_FLOAT_UNALIGNED, 4 * offset, weights, 0, width);
    }
    return weights;
  }

  private void combine(
      float[] partial, int from, int chunks, @Nullable MemorySegment y, long yOffset, int width) {
    if (y == null) {
      return;
    }
    double[] total = scratch.takeDoubles(width);
    Arrays.fill(total, 0, width, 0.0);
    for (int c = 0; c < chunks; c++) {
      int at = from + c * 2 * width;
      for (int j = 0; j < width; j++) {
        total[j] += partial[at + j];
      }
    }
    for (int j = 0; j < width; j++) {
      Mem.set(y, 4 * (yOffset + j), (float) total[j]);
    }
    scratch.give(total);
  }
}
