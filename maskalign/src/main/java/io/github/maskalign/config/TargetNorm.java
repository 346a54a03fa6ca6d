package io.github.maskalign.config;

import java.util.List;

/**
 * Normalization of the teacher's features before they are used as targets.
 *
 * @since 0.1.0
 */
public enum TargetNorm implements Choice {
  /** No normalization. */
  NONE("teacher features as they are", "none"),
  /** {@code t / max(|t|, 1e-12)} for each token. */
  L2("each token scaled to unit length", "l2"),
  /** {@code (t - mean) / sqrt(var + 1e-5)} over the channels of each token. */
  WHITEN("each token normalized to mean 0 and variance 1 over its channels", "whiten"),
  /**
   * {@code (t - mean) / sqrt(var + 1e-6)}, one mean and one unbiased variance over samples, tokens
   * (masked ones too) and channels together; so a target depends on the rest of its batch.
   */
  BN("one mean and one variance for the whole batch", "bn");

  private final List<String> words;
  private final String description;

  TargetNorm(String description, String... words) {
    this.words = List.of(words);
    this.description = description;
  }

  /** The value that a word names. */
  public static TargetNorm parse(String word) {
    return Choice.parse("target norm", TargetNorm.class, word);
  }

  /** Whether each token is normalized independently of the others. */
  public boolean perToken() {
    return this != BN;
  }

  @Override
  public List<String> words() {
    return words;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public String toString() {
    return word();
  }
}
