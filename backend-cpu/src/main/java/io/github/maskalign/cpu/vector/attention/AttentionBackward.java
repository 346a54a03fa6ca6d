package io.github.maskalign.cpu.vector.attention;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.kernel.AttentionKernel.Shape;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.vector.Lanes;
import io.github.maskalign.cpu.vector.PaddedRows;
import io.github.maskalign.cpu.vector.PaddedSoftmax;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** The gradient of one attention head; see {@link VectorAttention#backward}. */
final class AttentionBackward {
  private AttentionBackward() {}

  /** Floats of scratch that {@link #run} needs. */
  static int scratch(int tokens, int size, int block) {
    int span = PaddedRows.padColumns(tokens);
    int width = PaddedRows.padColumns(size);
    int rows = PaddedRows.padRows(tokens) + ColumnTile.SLACK;
    int turned = size * PaddedRows.padColumns(block) + ColumnTile.SLACK;
    int scores = (block + ColumnTile.SLACK) * span + ColumnTile.SLACK;
    return 2 * size * span
        + tokens * width
        + 2 * rows * width
        + 2 * turned
        + 3 * block * width
        + 2 * scores
        + PaddedSoftmax.scratch(block);
  }

  /** Computes one task with its scratch s. */
  static void run(
      float[] s,
      Operand qkvOperand,
      float scale,
      Operand gOperand,
      Operand dqkvOperand,
      Shape shape,
      int task,
      int block) {
    MemorySegment qkv = qkvOperand.segment();
    long q = qkvOperand.at(shape.queries(task));
    MemorySegment g = gOperand.segment();
    long gAt = gOperand.at(shape.output(task));
    MemorySegment dqkv = dqkvOperand.segment();
    long dq = dqkvOperand.at(shape.queries(task));
    long third = 4L * shape.third();
    int tokens = shape.tokens();
    int size = shape.size();
    int keyVectors = PaddedRows.vectors(tokens);
    int sizeVectors = PaddedRows.vectors(size);
    int span = keyVectors * L;
    int width = sizeVectors * L;
    int allRows = PaddedRows.padRows(tokens) + ColumnTile.SLACK;
    int turned = size * PaddedRows.padColumns(block) + ColumnTile.SLACK;
    int scores = (block + ColumnTile.SLACK) * span + ColumnTile.SLACK;
    int keysT = 0;
    int valuesT = keysT + size * span;
    int keys = valuesT + size * span;
    int dKeys = keys + tokens * width;
    int dValues = dKeys + allRows * width;
    int queriesT = dValues + allRows * width;
    int panelsQ = queriesT + turned;
    int gradT = panelsQ + block * width;
    int panelsG = gradT + turned;
    int dQueries = panelsG + block * width;
    int p = dQueries + block * width;
    int ds = p + scores;
    int inverse = ds + scores;
    int lanes = inverse + block;
    long stride = 3 * third;
    if (task % shape.heads() == 0) {
      s[inverse] = InOrder.read(qkv, q, tokens * stride);
      s[lanes] = InOrder.read(g, gAt, tokens * third);
    }
    AttentionPack.transposedPanels(qkv, q + third, stride, tokens, size, s, keysT);
    AttentionPack.multiply(s, keysT, size * span, scale);
    AttentionPack.transposedPanels(qkv, q + 2 * third, stride, tokens, size, s, valuesT);
    AttentionPack.panels(qkv, q + third, stride, tokens, size, 1f, s, keys);
    boolean causal = shape.mask().isCausal();
    if (causal) {
      // The first queries add to the gradients of the first keys only.
      Arrays.fill(s, dKeys, queriesT, 0f);
    }
    for (int from = 0; from < tokens; from += block) {
      int rows = Math.min(block, tokens - from);
      int padded = PaddedRows.padRows(rows);
      int seen = MaskedScores.keys(shape, from + rows);
      int seenVectors = PaddedRows.vectors(seen);
      int step = PaddedRows.padColumns(rows);
      boolean add = causal || from > 0;
      long qAt = q + from * stride;
      long gRow = gAt + from * third;
      AttentionPack.transposed(qkv, qAt, stride, rows, size, s, queriesT, step);
      AttentionPack.panels(qkv, qAt, stride, rows, size, scale, s, panelsQ);
      AttentionPack.transposed(g, gRow, third, rows, size, s, gradT, step);
      AttentionPack.panels(g, gRow, third, rows, size, 1f, s, panelsG);
      ColumnTile.product(
          s, queriesT, step, s, keysT, size, padded, size, seenVectors, s, p, span, false);
      ColumnTile.product(
          s, gradT, step, s, valuesT, size, padded, size, seenVectors, s, ds, span, false);
      MaskedScores.apply(shape, task, from, rows, seen, s, p, span);
      PaddedSoftmax.run(s, p, span, padded, seen, inverse);
      MaskedScores.clear(shape, task, from, rows, s, p, span);
      for (int r = 0; r < rows; r++) {
        scoreGrad(s, p + r * span, ds + r * span, s[inverse + r], seenVectors * L, lanes);
      }
      ColumnTile.product(
          s, p, span, s, panelsG, rows, seen, rows, sizeVectors, s, dValues, width, add);
      ColumnTile.product(
          s, ds, span, s, panelsQ, rows, seen, rows, sizeVectors, s, dKeys, width, add);
      AttentionTile.product(
          s, ds, span, s, keys, tokens, padded, seen, sizeVectors, s, dQueries, width);
      PaddedRows.unpack(s, dQueries, width, rows, size, scale, dqkv, dq + from * stride, stride);
    }
    PaddedRows.unpack(s, dKeys, width, tokens, size, 1f, dqkv, dq + third, stride);
    PaddedRows.unpack(s, dValues, width, tokens, size, 1f, dqkv, dq + 2 * third, stride);
  }

  /** p *= inverse; ds = p (ds - sum p ds), over whole vectors: the padding of p is 0. */
  private static void scoreGrad(float[] s, int p, int ds, float inverse, int n, int lanes) {
    FloatVector scale = broadcast(F32, inverse);
    FloatVector dot = zero(F32);
    for (int i = 0; i < n; i += L) {
      FloatVector x = fromArray(F32, s, p + i).mul(scale);
      x.intoArray(s, p + i);
      dot = x.fma(fromArray(F32, s, ds + i), dot);
    }
    dot.intoArray(s, lanes);
    FloatVector mean = broadcast(F32, Lanes.sum(s, lanes));
    for (int i = 0; i < n; i += L) {
      FloatVector d = fromArray(F32, s, ds + i).sub(mean);
      fromArray(F32, s, p + i).mul(d).intoArray(s, ds + i);
    }
  }
}
