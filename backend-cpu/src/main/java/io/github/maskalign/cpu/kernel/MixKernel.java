package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.util.Arrays;

/** Weighted sum of blocks of n elements, in one pass over memory, and its weights' gradient. */
public abstract class MixKernel extends Kernel {
  /**
   * Elements handled at a time in the backward pass: the gradient's stay in the first-level cache.
   */
  private static final int BLOCK = 2048;

  /** Floats of each work array. */
  protected static final int WORK = 1024;

  /** A kernel on the given threads, with the given scratch memory. */
  protected MixKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /** y[i] = sum over j of w[j] x_j[i]. */
  public final void forward(float[] w, Operand[] x, Operand y, long n) {
    workers.forRange(n, Chunks.ELEMENTS, (from, to) -> forward(w, x, y, from, (int) (to - from)));
  }

  /** dw[j] = sum over i of g[i] x_j[i]. */
  public final void weightGrad(Operand g, Operand[] x, float[] dw, long n) {
    int levels = x.length;
    int tasks = Chunks.count(n, Chunks.ELEMENTS);
    double[] partial = scratch.takeDoubles(Math.multiplyExact(tasks, levels));
    workers.run(
        tasks,
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          float[][] work = scratch.takeRows(2, WORK);
          Arrays.fill(partial, c * levels, (c + 1) * levels, 0.0);
          for (int i = 0; i < length; i += BLOCK) {
            int block = Math.min(BLOCK, length - i);
            for (int j = 0; j < levels; j++) {
              partial[c * levels + j] += dot(g, x[j], from + i, block, work[0], work[1]);
            }
          }
          scratch.give(work);
        });
    for (int j = 0; j < levels; j++) {
      double total = 0;
      for (int c = 0; c < tasks; c++) {
        total += partial[c * levels + j];
      }
      dw[j] = (float) total;
    }
    scratch.give(partial);
  }

  /** {@link #forward} for n elements from an index on, in one thread. */
  protected abstract void forward(float[] w, Operand[] x, Operand y, long from, int n);

  /**
   * Dot product of n elements from an index on, in one thread.
   *
   * @param p room for {@link #WORK} floats
   * @param q room for {@link #WORK} floats
   */
  protected abstract double dot(Operand x, Operand y, long from, int n, float[] p, float[] q);
}
