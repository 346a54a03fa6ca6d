package io.github.maskalign.cpu.vector.attention;

import io.github.maskalign.cpu.kernel.AttentionKernel.Shape;
import io.github.maskalign.cpu.kernel.ScoreMask;
import java.util.Arrays;

/** Applies a mask to the scaled scores of a block of queries, one row per query. */
final class MaskedScores {
  private MaskedScores() {}

  /**
   * Number of keys to compute for the queries before one: the keys after them are hidden by a
   * causal mask, rounded up so that the panels of the packed keys stay whole.
   */
  static int keys(Shape shape, int toQuery) {
    return shape.mask().isCausal()
        ? Math.min(AttentionTile.wholePanels(toQuery), shape.tokens())
        : shape.tokens();
  }

  /**
   * Adds the bias of the keys and sets hidden scores to minus infinity. A query that may attend to
   * nothing keeps a score of 0 at the first key, so that its softmax is a number; {@link #clear}
   * removes it.
   */
  static void apply(
      Shape shape, int task, int query, int rows, int keys, float[] s, int at, int span) {
    ScoreMask mask = shape.mask();
    int sample = shape.sample(task);
    for (int r = 0; r < rows && !mask.isNone(); r++) {
      int row = at + r * span;
      int visible = mask.isCausal() ? Math.min(keys, query + r + 1) : keys;
      mask.addBias(sample, s, row, visible);
      Arrays.fill(s, row + visible, row + keys, Float.NEGATIVE_INFINITY);
      mask.hide(sample, s, row, visible);
      if (mask.hidesAll(sample, query + r)) {
        s[row] = 0;
      }
    }
  }

  /** Sets the probabilities of queries that may attend to nothing to 0, after the softmax. */
  static void clear(Shape shape, int task, int query, int rows, float[] s, int at, int span) {
    int sample = shape.sample(task);
    for (int r = 0; r < rows && !shape.mask().isNone(); r++) {
      if (shape.mask().hidesAll(sample, query + r)) {
        s[at + r * span] = 0;
      }
    }
  }
}
