package io.github.maskalign.config;

import java.util.List;

/**
 * Pre-training method.
 *
 * @since 0.1.0
 */
public enum Method implements Choice {
  /** Alignment at visible patches; with mask ratio 0 it is plain feature distillation. */
  MASKALIGN(
      "the student's features of visible patches are aligned with the teacher's", "maskalign"),
  /** The masked autoencoder (He et al., arXiv 2111.06377), without a teacher. */
  MAE("a decoder predicts the pixels of hidden patches, without a teacher", "mae"),
  /** Feature reconstruction with a decoder, as in MAE. */
  DECODER("a decoder predicts the teacher's features of hidden patches", "decoder"),
  /** Feature reconstruction with mask tokens, as in BEiT. */
  MASK_TOKENS(
      "the student predicts the teacher's features of patches hidden by mask tokens",
      "mask_tokens");

  private final List<String> words;
  private final String description;

  Method(String description, String... words) {
    this.words = List.of(words);
    this.description = description;
  }

  /** The value that a word names. */
  public static Method parse(String word) {
    return Choice.parse("method", Method.class, word);
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
