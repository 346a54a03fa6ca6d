package io.github.maskalign.vit.text.token.model;

import java.util.List;

/**
 * What a SentencePiece model says.
 *
 * @param name of the file, for messages
 * @param kind how its pieces are chosen
 * @param pieces by id
 * @param vocabulary of the pieces
 * @param unknown id of the unknown piece
 * @param normalization of texts
 */
public record SentencePieces(
    String name,
    Kind kind,
    List<Piece> pieces,
    Vocabulary vocabulary,
    int unknown,
    Normalization normalization) {

  /** How pieces are chosen. */
  public enum Kind {
    /** By probability. */
    UNIGRAM,
    /** By merging. */
    BYTE_PAIRS
  }

  /** Types of pieces. */
  public enum Type {
    /** An ordinary piece. */
    NORMAL,
    /** Stands for what has no piece. */
    UNKNOWN,
    /** Never found in texts, as the end of a sequence. */
    CONTROL,
    /** Always one piece. */
    USER_DEFINED,
    /** Never chosen. */
    UNUSED,
    /** A byte of a character that has no piece. */
    BYTE
  }

  /**
   * A piece.
   *
   * @param score logarithm of its probability
   */
  public record Piece(String text, float score, Type type) {}

  /**
   * What happens to a text first.
   *
   * @param charsmap a compiled map of characters; empty for none
   * @param dummyPrefix whether a space is put in front
   * @param removeExtraSpaces whether spaces are stripped and collapsed
   * @param escapeSpaces whether spaces become U+2581
   * @param suffixSpaces whether they are parts of the words in front of them
   */
  public record Normalization(
      byte[] charsmap,
      boolean dummyPrefix,
      boolean removeExtraSpaces,
      boolean escapeSpaces,
      boolean suffixSpaces) {}

  /** Number of bytes of a text in UTF-8. */
  static int utf8Length(String text) {
    return text.codePoints().map(c -> c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4).sum();
  }
}
