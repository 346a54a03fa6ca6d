package io.github.maskalign.cpu.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which scores of queries and keys count in the softmax of {@link AttentionKernel}. */
public final class ScoreMask {

  /** Every query attends to every key. */
  public static final ScoreMask NONE = new ScoreMask(false, null, 0);

  private final boolean causal;
  private final int tokens;

  /** The largest score of each key: infinity, or minus infinity if it is hidden. */
  private final float @Nullable [] bounds;

  /** The first key of each sample that is not hidden, or the number of tokens. */
  private final int[] firstKeys;

  private ScoreMask(boolean causal, byte @Nullable [] keys, int tokens) {
    this.causal = causal;
    this.tokens = tokens;
    this.bounds = keys == null ? null : new float[keys.length];
    this.firstKeys = new int[keys == null ? 0 : keys.length / tokens];
    Arrays.fill(firstKeys, tokens);
    for (int i = 0; bounds != null && i < bounds.length; i++) {
      boolean hidden = keys[i] == 0;
      bounds[i] = hidden ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
      int sample = i / tokens;
      firstKeys[sample] = hidden ? firstKeys[sample] : Math.min(firstKeys[sample], i % tokens);
    }
  }

  /**
   * A mask.
   *
   * @param causal whether a token attends to itself and earlier tokens only
   * @param keys [batch, tokens], 0 for hidden keys; null if none are
   */
  public static ScoreMask of(boolean causal, byte @Nullable [] keys, int tokens) {
    return new ScoreMask(causal, keys, tokens);
  }

  /** Whether no score is hidden. */
  public boolean isNone() {
    return !causal && bounds == null;
  }

  /** Whether a token attends to itself and earlier tokens only. */
  public boolean isCausal() {
    return causal;
  }

  /** Whether a key of a sample is hidden from all queries. */
  public boolean hides(int sample, int key) {
    return bounds != null && bounds[sample * tokens + key] < 0;
  }

  /** Whether all keys are hidden from a query. */
  public boolean hidesAll(int sample, int query) {
    return bounds != null && firstKeys[sample] > (causal ? query : tokens - 1);
  }

  /** Sets the scores of the hidden ones among the first keys of a sample to minus infinity. */
  public void hide(int sample, float[] scores, int at, int keys) {
    if (bounds == null) {
      return;
    }
    int from = sample * tokens;
    for (int i = 0; i < keys; i++) {
      scores[at + i] = Math.min(scores[at + i], bounds[from + i]);
    }
  }
}
