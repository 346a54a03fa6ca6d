package io.github.maskalign.config;

import java.util.List;

/**
 * Whether levels are mixed before or after they are adapted to the teacher's width.
 *
 * @since 0.1.0
 */
public enum AlignmentOrder implements Choice {
  /** {@code y_i = A_i(sum_j W_ij x_j)}: a head for each teacher level, as in the released code. */
  MIX_THEN_ADAPT(
      "mix raw levels, then one head for each teacher level (the released code)", "mix_then_adapt"),
  /** {@code y_i = sum_j W_ij A_j(x_j)}: a head for each student level, as in the paper's figure. */
  ADAPT_THEN_MIX(
      "one head for each student level, then mix (the figure of the paper)", "adapt_then_mix");

  private final List<String> words;
  private final String description;

  AlignmentOrder(String description, String... words) {
    this.words = List.of(words);
    this.description = description;
  }

  /** The value that a word names. */
  public static AlignmentOrder parse(String word) {
    return Choice.parse("order", AlignmentOrder.class, word);
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
