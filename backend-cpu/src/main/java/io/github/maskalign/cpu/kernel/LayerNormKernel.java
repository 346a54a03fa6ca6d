package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalization (Ba et al., 2016) over the rows of contiguous x [rows, width]: y = gamma (x -
 * mean) / sqrt(variance + eps) + beta, with the biased variance. Gamma and beta [width] may be
 * null, which stands for 1 and 0.
 */
public abstract class LayerNormKernel extends Kernel {
  /** Rows of a task; their gamma and beta gradients are added in f32, those of tasks in double. */
  private static final int ROWS = 32;

  /** Elements of a block of rows: what passes share stays in the first-level cache. */
  private static final int BLOCK = 4096;

  /** A kernel on the given threads, with the given scratch memory. */
  protected LayerNormKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /**
   * From x: y [rows, width], which may be x if it is not rounded.
   *
   * @param factor rounds y; null if y is F32
   */
  public final void forward(
      Operand x,
      @Nullable Operand gamma,
      @Nullable Operand beta,
      float eps,
      Operand y,
      @Nullable FactorKernel factor,
      long rows,
      int width) {
    float[] w = weights(gamma, 1f, width);
    float[] b = weights(beta, 0f, width);
    int block = blockRows(width);
    workers.forRange(
        rows,
        ROWS,
        (from, to) -> {
          for (long row = from; row < to; row += block) {
            int n = (int) Math.min(block, to - row);
            if (factor == null) {
              forward(x, row, n, width, w, b, eps, y);
            } else {
              rounded(x.from(row * width), n, width, w, b, eps, y.from(row * width), factor);
            }
          }
        });
    scratch.give(w);
    scratch.give(b);
  }

  private void rounded(
      Operand x,
      int rows,
      int width,
      float[] gamma,
      float[] beta,
      float eps,
      Operand y,
      FactorKernel factor) {
    MemorySegment memory = scratch.takeMemory((long) Float.BYTES * rows * width);
    Operand floats = new Operand(memory, 0);
    forward(x, 0, rows, width, gamma, beta, eps, floats);
    factor.round(floats, y, rows * width);
    scratch.give(memory);
  }

  /** The gradients that {@link #backward} writes; those of gamma and beta are null if unwanted. */
  public record Gradients(Operand dx, @Nullable Operand dgamma, @Nullable Operand dbeta) {}

  /**
   * From x and g = dy [rows, width]: dx, and dgamma = sum over rows of g xhat, dbeta = sum over
   * rows of g (each [width], overwritten). The statistics are computed again. dx may be g or x.
   */
  public final void backward(
      Operand x,
      @Nullable Operand gamma,
      float eps,
      Operand g,
      Gradients gradients,
      long rows,
      int width) {
    int tasks = Chunks.count(rows, ROWS);
    float[] w = weights(gamma, 1f, width);
    float[] partial = scratch.takeFloats(Math.multiplyExact(tasks, 2 * width));
    int block = blockRows(width);
    workers.run(
        tasks,
        task -> {
          int sumsAt = task * 2 * width;
          Arrays.fill(partial, sumsAt, sumsAt + 2 * width, 0f);
          long end = Math.min(rows, (task + 1L) * ROWS);
          for (long row = (long) task * ROWS; row < end; row += block) {
            int n = (int) Math.min(block, end - row);
            backward(x, g, row, n, width, w, eps, partial, sumsAt, gradients.dx());
          }
        });
    combine(partial, 0, tasks, gradients.dgamma(), width);
    combine(partial, width, tasks, gradients.dbeta(), width);
    scratch.give(partial);
    scratch.give(w);
  }

  /** {@link #forward} for some rows from one on, in one thread. */
  protected abstract void forward(
      Operand x, long row, int rows, int width, float[] gamma, float[] beta, float eps, Operand y);

  /**
   * {@link #backward} for some rows from one on, in one thread; adds to the sums of dgamma at
   * sumsAt and of dbeta a width later.
   */
  protected abstract void backward(
      Operand x,
      Operand g,
      long row,
      int rows,
      int width,
      float[] gamma,
      float eps,
      float[] sums,
      int sumsAt,
      Operand dx);

  private static int blockRows(int width) {
    return Math.clamp(BLOCK / Math.max(1, width), 1, ROWS);
  }

  private float[] weights(@Nullable Operand w, float absent, int width) {
    float[] weights = scratch.takeFloats(width);
    if (w == null) {
      Arrays.fill(weights, 0, width, absent);
    } else {
      w.load(0, weights, width);
    }
    return weights;
  }

  private void combine(float[] partial, int from, int tasks, @Nullable Operand y, int width) {
    if (y == null) {
      return;
    }
    double[] total = scratch.takeDoubles(width);
    Arrays.fill(total, 0, width, 0.0);
    for (int task = 0; task < tasks; task++) {
      int at = from + task * 2 * width;
      for (int j = 0; j < width; j++) {
        total[j] += partial[at + j];
      }
    }
    for (int j = 0; j < width; j++) {
      y.set(j, (float) total[j]);
    }
    scratch.give(total);
  }
}
