package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** One kernel for short sequences and another one for long ones. */
public final class AttentionByLength extends AttentionKernel {

  private final int longFrom;
  private final AttentionKernel ofShort;
  private final AttentionKernel ofLong;

  /**
   * A choice of kernels on the given threads.
   *
   * @param longFrom tokens from which a sequence is long
   */
  public AttentionByLength(
      Workers workers,
      Scratch scratch,
      int longFrom,
      AttentionKernel ofShort,
      AttentionKernel ofLong) {
    super(workers, scratch);
    this.longFrom = longFrom;
    this.ofShort = ofShort;
    this.ofLong = ofLong;
  }

  private AttentionKernel of(Shape shape) {
    return shape.tokens() < longFrom ? ofShort : ofLong;
  }

  @Override
  protected void forward(Queries q, Operand qkv, float scale, Operand out, Shape shape, int task) {
    of(shape).forward(q, qkv, scale, out, shape, task);
  }

  @Override
  protected void probabilities(
      Operand qkv, float scale, int fromQuery, int queries, Operand out, Shape shape, int task) {
    of(shape).probabilities(qkv, scale, fromQuery, queries, out, shape, task);
  }

  @Override
  protected void backward(
      Operand qkv, float scale, Operand g, Operand dqkv, Shape shape, int task) {
    of(shape).backward(qkv, scale, g, dqkv, shape, task);
  }
}
