package io.github.maskalign.cpu.vector.attention;

import io.github.maskalign.cpu.kernel.AttentionKernel.Shape;
import io.github.maskalign.cpu.kernel.ScoreMask;
import java.util.Arrays;

/** Applies a mask to the scores of a block of queries, one column per query. */
final class MaskedColumns {

  private MaskedColumns() {}

  /**
   * Adds the bias of the keys and sets hidden scores to minus infinity. A query that may attend to
   * nothing keeps a score of 0 at the first key, so that its softmax is a number; {@link #clear}
   * removes it.
   *
   * @param step floats between keys
   */
  static void apply(
      Shape shape, int task, int query, int columns, int keys, float[] s, int at, int step) {
    ScoreMask mask = shape.mask();
    if (mask.isNone()) {
      return;
    }
    int sample = shape.sample(task);
    for (int key = 0; key < keys; key++) {
      add(s, at + key * step, step, mask.bias(sample, key));
      int hidden = step;
      if (!mask.hides(sample, key)) {
        hidden = mask.isCausal() ? Math.clamp(key - (long) query, 0, columns) : 0;
      }
      Arrays.fill(s, at + key * step, at + key * step + hidden, Float.NEGATIVE_INFINITY);
    }
    for (int c = 0; c < columns; c++) {
      if (mask.hidesAll(sample, query + c)) {
        s[at + c] = 0;
      }
    }
  }

  private static void add(float[] s, int at, int count, float bias) {
    if (bias == 0) {
      return;
    }
    for (int i = at; i < at + count; i++) {
      s[i] += bias;
    }
  }

  /** Sets the probabilities of queries that may attend to nothing to 0, after the softmax. */
  static void clear(Shape shape, int task, int query, int columns, float[] s, int at) {
    ScoreMask mask = shape.mask();
    int sample = shape.sample(task);
    for (int c = 0; c < columns && !mask.isNone(); c++) {
      if (mask.hidesAll(sample, query + c)) {
        s[at + c] = 0;
      }
    }
  }
}
