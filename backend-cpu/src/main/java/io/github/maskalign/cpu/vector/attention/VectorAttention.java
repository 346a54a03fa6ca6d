package io.github.maskalign.cpu.vector.attention;

import io.github.maskalign.cpu.kernel.AttentionKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.cpu.vector.PaddedRows;
import io.github.maskalign.cpu.vector.PaddedSoftmax;
import java.lang.foreign.MemorySegment;

/** Multi-head attention; see {@link AttentionKernel}. */
public final class VectorAttention extends AttentionKernel {
  /** Floats of the block of probabilities that a task works on. */
  private static final int BLOCK = 16 * 1024;

  /** A kernel on the given threads. */
  public VectorAttention(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /** Floats of a padded row of keys or values. */
  private static int width(Shape shape) {
    return PaddedRows.padColumns(shape.size());
  }

  /** Floats of a padded row of probabilities. */
  private static int span(Shape shape) {
    return PaddedRows.padColumns(shape.tokens());
  }

  /** Queries handled at a time. */
  private static int block(Shape shape) {
    int rows = Math.max(16, BLOCK / span(shape));
    return PaddedRows.padRows(Math.min(rows, shape.tokens()));
  }

  @Override
  protected void forward(Queries q, Operand qkv, float scale, Operand out, Shape shape, int task) {
    float[] s = scratch.takeFloats(AttentionForward.scratch(shape));
    AttentionForward.run(s, q, qkv, scale, out, shape, task);
    scratch.give(s);
  }

  @Override
  protected void probabilities(
      Operand qkv, float scale, int fromQuery, int queries, Operand out, Shape shape, int task) {
    int tokens = shape.tokens();
    int size = shape.size();
    int span = span(shape);
    int block = block(shape);
    int queriesAt = size * span;
    int scoresAt = queriesAt + block * width(shape);
    int inverseAt = scoresAt + block * span;
    int length = inverseAt + PaddedSoftmax.scratch(block);
    float[] s = scratch.takeFloats(length);
    MemorySegment from = qkv.segment();
    long q = qkv.at(shape.queries(task));
    long third = 4L * shape.third();
    long stride = 3 * third;
    AttentionPack.transposedPanels(from, q + third, stride, tokens, size, s, 0);
    for (int row = 0; row < queries; row += block) {
      int rows = Math.min(block, queries - row);
      int padded = PaddedRows.padRows(rows);
      long at = q + (fromQuery + row) * stride;
      PaddedRows.pack(from, at, stride, rows, size, scale, s, queriesAt);
      scores(shape, s, queriesAt, padded, tokens, scoresAt);
      MaskedScores.apply(shape, task, fromQuery + row, rows, tokens, s, scoresAt, span);
      PaddedSoftmax.run(s, scoresAt, span, padded, tokens, inverseAt);
      MaskedScores.clear(shape, task, fromQuery + row, rows, s, scoresAt, span);
      long y = out.at(((long) task * queries + row) * tokens);
      PaddedRows.unpack(
          s, scoresAt, span, rows, tokens, s, inverseAt, out.segment(), y, 4L * tokens);
    }
    scratch.give(s);
  }

  @Override
  protected void backward(
      Operand qkv, float scale, Operand g, Operand dqkv, Shape shape, int task) {
    int block = block(shape);
    float[] s = scratch.takeFloats(AttentionBackward.scratch(shape.tokens(), shape.size(), block));
    AttentionBackward.run(s, qkv, scale, g, dqkv, shape, task, block);
    scratch.give(s);
  }

  /** The scores of packed queries and the first keys; the keys are packed at 0. */
  private static void scores(
      Shape shape, float[] s, int queriesAt, int rows, int keys, int scoresAt) {
    AttentionTile.product(
        s,
        queriesAt,
        width(shape),
        s,
        0,
        rows,
        shape.size(),
        PaddedRows.vectors(keys),
        s,
        scoresAt,
        span(shape));
  }
}
