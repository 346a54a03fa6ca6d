package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** Losses over contiguous data, summed in a fixed order, and their gradients. */
public abstract class LossKernel extends Kernel {
  /** A kernel on the given threads, with the given scratch memory. */
  protected LossKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /**
   * Sum over i of the smooth L1 loss of d = a[i] - b[i]: d^2 / (2 beta) where |d| is below beta,
   * |d| - beta/2 elsewhere (Girshick, 2015). With beta 0 it is |d|.
   */
  public final double smoothL1(Operand a, Operand b, float beta, long n) {
    int tasks = Chunks.count(n, Chunks.ELEMENTS);
    double[] partial = scratch.takeDoubles(tasks);
    workers.run(
        tasks,
        t -> {
          int length = Chunks.length(n, Chunks.ELEMENTS, t);
          partial[t] = smoothL1(a, b, beta, (long) t * Chunks.ELEMENTS, length);
        });
    return sumAndGive(partial, tasks);
  }

  /** da[i] = scale clamp((a[i] - b[i]) / beta, -1, 1); with beta 0, scale sign(a[i] - b[i]). */
  public final void smoothL1Grad(
      Operand a, Operand b, float beta, float scale, Operand da, long n) {
    workers.forRange(
        n,
        Chunks.ELEMENTS,
        (from, to) -> smoothL1Grad(a, b, beta, scale, da, from, (int) (to - from)));
  }

  /**
   * Mean over the rows of -sum over classes of t log softmax(x), for logits x [rows, classes] and
   * target shares t [rows, classes].
   */
  public final double crossEntropy(Operand x, Operand t, int rows, int classes) {
    double[] partial = scratch.takeDoubles(rows);
    workers.forRange(
        rows,
        Chunks.rows(classes),
        (from, to) -> crossEntropy(x, t, (int) from, (int) (to - from), classes, partial));
    return sumAndGive(partial, rows) / rows;
  }

  /** dx = scale / rows (softmax(x) sum t - t). */
  public final void crossEntropyGrad(
      Operand x, Operand t, float scale, Operand dx, int rows, int classes) {
    float share = scale / rows;
    workers.forRange(
        rows,
        Chunks.rows(classes),
        (from, to) -> crossEntropyGrad(x, t, share, dx, from, (int) (to - from), classes));
  }

  /** {@link #smoothL1} for n elements from an index on, in one thread. */
  protected abstract double smoothL1(Operand a, Operand b, float beta, long from, int n);

  /** {@link #smoothL1Grad} for n elements from an index on, in one thread. */
  protected abstract void smoothL1Grad(
      Operand a, Operand b, float beta, float scale, Operand da, long from, int n);

  /** The loss of each of some rows of n elements, into the row's place of losses, in one thread. */
  protected abstract void crossEntropy(
      Operand x, Operand t, int row, int rows, int n, double[] losses);

  /** dx = factor (softmax(x) sum t - t) for some rows of n elements, in one thread. */
  protected abstract void crossEntropyGrad(
      Operand x, Operand t, float factor, Operand dx, long row, int rows, int n);

  private double sumAndGive(double[] partial, int n) {
    double total = 0;
    for (int i = 0; i < n; i++) {
      total += partial[i];
    }
    scratch.give(partial);
    return total;
  }
}
