package io.github.maskalign.config;

import java.util.List;

/**
 * Which patches the student sees.
 *
 * @since 0.1.0
 */
public enum MaskStrategy implements Choice {
  /** Each set of patches is as likely as any other. */
  RANDOM("every patch is as likely to be seen as any other", "random"),
  /** Drawn without replacement with probabilities proportional to the importance. */
  ATTENTIVE(
      "patches that the teacher's class token attends to are more likely to be seen",
      "attentive",
      "attention");

  private final List<String> words;
  private final String description;

  MaskStrategy(String description, String... words) {
    this.words = List.of(words);
    this.description = description;
  }

  /** The value that a word names. */
  public static MaskStrategy parse(String word) {
    return Choice.parse("mask", MaskStrategy.class, word);
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
