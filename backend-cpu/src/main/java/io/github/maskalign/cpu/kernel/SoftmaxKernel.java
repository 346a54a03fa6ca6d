package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/**
 * Softmax and log-softmax over the rows of contiguous x [rows, width], the row's maximum subtracted
 * first. A row of -infinity alone gives NaN.
 */
public abstract class SoftmaxKernel extends Kernel {
  /** Elements of a block of rows: what passes share stays in the first-level cache. */
  private static final int BLOCK = 4096;

  /** A kernel on the given threads, with the given scratch memory. */
  protected SoftmaxKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /** y = e^(x - max) / sum e^(x - max); y may be x. */
  public final void softmax(Operand x, Operand y, long rows, int width) {
    eachBlock(rows, width, (row, count) -> softmax(x, y, row, count, width));
  }

  /** dx = y (g - sum g y), from the softmax y; dx may be y or g. */
  public final void softmaxGrad(Operand y, Operand g, Operand dx, long rows, int width) {
    eachBlock(rows, width, (row, count) -> softmaxGrad(y, g, dx, row, count, width));
  }

  /** y = x - max - log sum e^(x - max); y may be x. */
  public final void logSoftmax(Operand x, Operand y, long rows, int width) {
    eachBlock(rows, width, (row, count) -> logSoftmax(x, y, row, count, width));
  }

  /** dx = g - e^y sum g, from the log-softmax y; dx may be y or g. */
  public final void logSoftmaxGrad(Operand y, Operand g, Operand dx, long rows, int width) {
    eachBlock(rows, width, (row, count) -> logSoftmaxGrad(y, g, dx, row, count, width));
  }

  /** {@link #softmax} for some rows from one on, in one thread. */
  public abstract void softmax(Operand x, Operand y, long row, int rows, int width);

  /** {@link #softmaxGrad} for some rows from one on, in one thread. */
  public abstract void softmaxGrad(Operand y, Operand g, Operand dx, long row, int rows, int width);

  /** {@link #logSoftmax} for some rows from one on, in one thread. */
  protected abstract void logSoftmax(Operand x, Operand y, long row, int rows, int width);

  /** {@link #logSoftmaxGrad} for some rows from one on, in one thread. */
  protected abstract void logSoftmaxGrad(
      Operand y, Operand g, Operand dx, long row, int rows, int width);

  private interface Block {
    void run(long row, int rows);
  }

  private void eachBlock(long rows, int width, Block block) {
    if (width == 0) {
      return;
    }
    int perBlock = Math.max(1, BLOCK / width);
    workers.forRange(
        rows,
        Chunks.rows(width),
        (from, to) -> {
          for (long row = from; row < to; row += perBlock) {
            block.run(row, (int) Math.min(perBlock, to - row));
          }
        });
  }
}
