package io.github.maskalign.vit.text;

/**
 * The position of a text whose output becomes its embedding.
 *
 * @since 0.1.0
 */
public sealed interface TextPooling {

  /**
   * The position of the highest token id, the first of them: the end token of CLIP's vocabulary.
   */
  record HighestId() implements TextPooling {}

  /**
   * The first position of a token; as in the libraries, position 0 of a text without it.
   *
   * @param id of the token
   */
  record FirstOf(int id) implements TextPooling {}

  /** The first position. */
  record First() implements TextPooling {}

  /** The last position, padding included, as in SigLIP. */
  record Last() implements TextPooling {}

  /** A learned token, joined after the text, as in CoCa (Yu et al., arXiv 2205.01917). */
  record ClassToken() implements TextPooling {}
}
