package io.github.maskalign.vit.text.token.model;

/** piece of text -> token ids. Thread-safe. */
public sealed interface SubwordModel permits BytePairModel, UnigramModel, WordPieceModel {

  /** Appends the ids of a piece; an empty piece has none. */
  void encode(String piece, IntList ids);

  /** The tokens. */
  Vocabulary vocabulary();
}
