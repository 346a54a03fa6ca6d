package io.github.maskalign.config;

import java.util.List;

/**
 * How student levels {@code x_j} are mixed into {@code z_i}, one for each teacher level.
 *
 * @since 0.1.0
 */
public enum Fusion implements Choice {
  /**
   * {@code z_i = x_i}. A student with fewer levels than the teacher is aligned with the teacher's
   * lowest ones; it must not have more.
   */
  SIMPLE("level i of the student is aligned with level i of the teacher", "simple"),
  /** {@code z_i = sum_j W_ij x_j}, W square, initialized to the identity + 0.01. */
  LINEAR("a learned square matrix mixes the levels; requires equal depths", "linear"),
  /** {@code z_i = sum_j W_ij x_j}, W of any shape, initialized to {@code 1 / S}. */
  SUM("a learned matrix, initially uniform, mixes the levels; any depths", "sum");

  private final List<String> words;
  private final String description;

  Fusion(String description, String... words) {
    this.words = List.of(words);
    this.description = description;
  }

  /** The value that a word names. */
  public static Fusion parse(String word) {
    return Choice.parse("fusion", Fusion.class, word);
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
