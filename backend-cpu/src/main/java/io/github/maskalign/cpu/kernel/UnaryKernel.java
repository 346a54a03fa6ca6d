package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.UnaryOp;

/** Functions of one number, over contiguous data. Input and output may be the same block. */
public abstract class UnaryKernel extends Kernel {
  /** A kernel on the given threads, with the given scratch memory. */
  protected UnaryKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /** y[i] = op(x[i]) for i below n. */
  public final void apply(UnaryOp op, Operand x, Operand y, long n) {
    workers.forRange(n, Chunks.ELEMENTS, (from, to) -> apply(op, x, y, from, (int) (to - from)));
  }

  /** y[i] = value. */
  public final void fill(float value, Operand y, long n) {
    workers.forRange(n, Chunks.ELEMENTS, (from, to) -> fill(value, y, from, (int) (to - from)));
  }

  /** y[i] = scale x[i] + shift. */
  public final void affine(float scale, float shift, Operand x, Operand y, long n) {
    workers.forRange(
        n, Chunks.ELEMENTS, (from, to) -> affine(scale, shift, x, y, from, (int) (to - from)));
  }

  /** {@link #apply} for n elements from an index on, in one thread. */
  protected abstract void apply(UnaryOp op, Operand x, Operand y, long from, int n);

  /** {@link #fill} for n elements from an index on, in one thread. */
  protected abstract void fill(float value, Operand y, long from, int n);

  /** {@link #affine} for n elements from an index on, in one thread. */
  public abstract void affine(float scale, float shift, Operand x, Operand y, long from, int n);
}
