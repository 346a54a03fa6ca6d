package io.github.maskalign.cpu.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which scores of queries and keys count in the softmax of {@link AttentionKernel}, and what is
 * added to them.
 */
public final class ScoreMask {

  /** Every query attends to every key. */
  public static final ScoreMask NONE = new ScoreMask(false, null, null, 0);

  private final boolean causal;
  private final int tokens;

  /** [batch, tokens], 0 for hidden keys. */
  private final byte @Nullable [] keys;

  /** [batch, tokens], added to the scaled scores of keys. */
  private final float @Nullable [] bias;

  /** The hidden keys of each sample, as the first one of a run and the first one after it. */
  private final int[][] runs;

  private ScoreMask(boolean causal, byte @Nullable [] keys, float @Nullable [] bias, int tokens) {
    this.causal = causal;
    this.tokens = tokens;
    this.keys = keys;
    this.bias = bias;
    this.runs = new int[keys == null ? 0 : keys.length / tokens][];
    Arrays.setAll(runs, this::runs);
  }

  private int[] runs(int sample) {
    int[] found = new int[tokens + 1];
    int count = 0;
    for (int key = 0; key <= tokens; key++) {
      boolean inside = count % 2 == 1;
      boolean hidden = key < tokens && hides(sample, key);
      if (hidden != inside) {
        found[count++] = key;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /**
   * A mask.
   *
   * @param causal whether a token attends to itself and earlier tokens only
   * @param keys [batch, tokens], 0 for hidden keys; null if none are
   * @param bias [batch, tokens], added to the scaled scores of keys; null for none
   */
  public static ScoreMask of(
      boolean causal, byte @Nullable [] keys, float @Nullable [] bias, int tokens) {
    return new ScoreMask(causal, keys, bias, tokens);
  }

  /** Whether no score is hidden or biased. */
  public boolean isNone() {
    return !causal && keys == null && bias == null;
  }

  /** Whether something is added to scores. */
  public boolean isBiased() {
    return bias != null;
  }

  /** What is added to the scores of a key of a sample; 0 without bias. */
  public float bias(int sample, int key) {
    return bias == null ? 0 : bias[sample * tokens + key];
  }

  /** Adds the bias of the first keys of a sample to the scores of a query. */
  public void addBias(int sample, float[] scores, int at, int count) {
    if (bias == null) {
      return;
    }
    int from = sample * tokens;
    for (int key = 0; key < count; key++) {
      scores[at + key] += bias[from + key];
    }
  }

  /** Whether a token attends to itself and earlier tokens only. */
  public boolean isCausal() {
    return causal;
  }

  /** Whether a key of a sample is hidden from all queries. */
  public boolean hides(int sample, int key) {
    return keys != null && keys[sample * tokens + key] == 0;
  }

  /** Whether all keys are hidden from a query. */
  public boolean hidesAll(int sample, int query) {
    if (keys == null) {
      return false;
    }
    int[] hidden = runs[sample];
    int last = causal ? query : tokens - 1;
    return hidden.length > 0 && hidden[0] == 0 && hidden[1] > last;
  }

  /** Sets the scores of the hidden ones among the first keys of a sample to minus infinity. */
  public void hide(int sample, float[] scores, int at, int count) {
    if (keys == null) {
      return;
    }
    int[] hidden = runs[sample];
    for (int i = 0; i < hidden.length && hidden[i] < count; i += 2) {
      int to = Math.min(hidden[i + 1], count);
      Arrays.fill(scores, at + hidden[i], at + to, Float.NEGATIVE_INFINITY);
    }
  }
}
