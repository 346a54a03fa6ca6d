package io.github.maskalign.config;

import java.util.List;

/**
 * The head that maps student features to the teacher's width.
 *
 * @since 0.1.0
 */
public enum HeadKind implements Choice {
  /** One projection. */
  LINEAR("one projection", "linear"),
  /** Layer norm, projection. */
  NORM_LINEAR("layer norm, then a projection", "norm_linear"),
  /** Projection at the student's width, GELU, projection. */
  MLP("projection, GELU, projection", "mlp"),
  /** Projection at the student's width, layer norm, projection. */
  MLP2("projection, layer norm, projection", "mlp2");

  private final List<String> words;
  private final String description;

  HeadKind(String description, String... words) {
    this.words = List.of(words);
    this.description = description;
  }

  /** The value that a word names. */
  public static HeadKind parse(String word) {
    return Choice.parse("head", HeadKind.class, word);
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
