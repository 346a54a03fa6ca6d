package io.github.maskalign.cpu.vector.attention;

import static io.github.maskalign.cpu.vector.Lanes.L;

import io.github.maskalign.cpu.kernel.AttentionKernel.Queries;
import io.github.maskalign.cpu.kernel.AttentionKernel.Shape;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.vector.ColumnSoftmax;
import io.github.maskalign.cpu.vector.PaddedRows;
import java.lang.foreign.MemorySegment;

/**
 * The output of one attention head; see {@link VectorAttention#forward}.
 *
 * <p>Scores are computed transposed, K Q^T [keys, queries], with a query in each lane: the softmax
 * reduces down the columns, and both products find their left operand stored by columns.
 */
final class AttentionForward {

  /** Vectors of queries that are handled at a time. */
  private static final int VECTORS = 4;

  private AttentionForward() {}

  /** Floats of scratch that {@link #run} needs. */
  static int scratch(Shape shape) {
    int width = PaddedRows.padColumns(shape.size());
    int block = VECTORS * L;
    int tokens = shape.tokens();
    int keys = shape.size() * PaddedRows.padColumns(tokens) + ColumnTile.SLACK;
    int values = tokens * width;
    int queries = shape.size() * block;
    int scores = (tokens + ColumnTile.SLACK) * block + ColumnTile.SLACK;
    int result = (block + ColumnTile.SLACK) * width;
    return keys + values + queries + scores + result + block;
  }

  /** Computes one task with its scratch s. */
  static void run(
      float[] s, Queries queries, Operand qkv, float scale, Operand out, Shape shape, int task) {
    int tokens = shape.tokens();
    int size = shape.size();
    int width = PaddedRows.padColumns(size);
    int block = VECTORS * L;
    int span = PaddedRows.padColumns(tokens);
    int keysT = 0;
    int values = size * span + ColumnTile.SLACK;
    int queriesT = values + tokens * width;
    int scores = queriesT + size * block;
    int result = scores + (tokens + ColumnTile.SLACK) * block + ColumnTile.SLACK;
    int inverse = result + (block + ColumnTile.SLACK) * width;
    MemorySegment from = qkv.segment();
    long packed = qkv.at(shape.queries(task));
    Operand first = queries.first(shape, task);
    Operand y = queries.output(out, shape, task);
    long queryStride = 4L * queries.stride();
    long third = 4L * shape.third();
    long stride = 3 * third;
    if (task % shape.heads() == 0) {
      s[inverse] = InOrder.read(from, packed, tokens * stride);
    }
    AttentionPack.transposed(from, packed + third, stride, tokens, size, s, keysT, span);
    AttentionPack.panels(from, packed + 2 * third, stride, tokens, size, 1f, s, values);
    float positive = scale;
    if (!(scale > 0) || shape.mask().isBiased()) {
      // The softmax looks for the largest score before it scales, and a bias is not scaled.
      AttentionPack.multiply(s, keysT, size * span, scale);
      positive = 1;
    }
    for (int row = 0; row < queries.count(); row += block) {
      int rows = Math.min(block, queries.count() - row);
      int vectors = PaddedRows.vectors(rows);
      int step = vectors * L;
      int keys = shape.mask().isCausal() ? row + rows : tokens;
      long q = first.at(0) + row * queryStride;
      AttentionPack.transposedPanels(first.segment(), q, queryStride, rows, size, s, queriesT);
      ColumnTile.product(
          s, keysT, span, s, queriesT, size, keys, size, vectors, s, scores, step, false);
      MaskedColumns.apply(shape, task, row, rows, keys, s, scores, step);
      ColumnSoftmax.run(s, scores, keys, vectors, positive, inverse);
      MaskedColumns.clear(shape, task, row, rows, s, scores);
      ColumnTile.product(
          s,
          scores,
          step,
          s,
          values,
          tokens,
          rows,
          keys,
          PaddedRows.vectors(size),
          s,
          result,
          width,
          false);
      long at = y.at(0) + row * third;
      PaddedRows.unpack(s, result, width, rows, size, s, inverse, y.segment(), at, third);
    }
  }
}
