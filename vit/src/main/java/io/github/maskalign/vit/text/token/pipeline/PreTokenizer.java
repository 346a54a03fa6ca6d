package io.github.maskalign.vit.text.token.pipeline;

import io.github.maskalign.vit.text.token.model.ByteSymbols;
import java.util.ArrayList;
import java.util.List;

/** piece -> smaller pieces, each of which the model encodes by itself. Thread-safe. */
@FunctionalInterface
public interface PreTokenizer {

  /**
   * Splits a piece.
   *
   * @param first whether it is the start of the text
   */
  List<String> split(String piece, boolean first);

  /** Keeps pieces whole. */
  static PreTokenizer none() {
    return (piece, _) -> List.of(piece);
  }

  /** One after another. */
  static PreTokenizer sequence(List<PreTokenizer> steps) {
    List<PreTokenizer> all = List.copyOf(steps);
    return (piece, first) -> {
      List<String> pieces = List.of(piece);
      for (PreTokenizer step : all) {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
          next.addAll(step.split(pieces.get(i), first && i == 0));
        }
        pieces = next;
      }
      return pieces;
    };
  }

  /** At white space, which is dropped. */
  static PreTokenizer atSpace() {
    return (piece, _) -> Splits.words(piece, Characters::isSpace);
  }

  /**
   * CLIP's words, single digits and runs of other characters.
   *
   * @param special whether the texts of its special tokens are pieces, too
   */
  static PreTokenizer clip(boolean special) {
    return (piece, _) -> Splits.clip(piece, special);
  }

  /** BERT's words and single marks of punctuation. */
  static PreTokenizer bert() {
    return (piece, _) -> Splits.bert(piece);
  }

  /** At each occurrence of a text, which stays at the end of the piece before it. */
  static PreTokenizer after(String pattern) {
    return (piece, _) -> Splits.after(piece, pattern);
  }

  /**
   * GPT-2's words with the space before them, whose bytes become symbols.
   *
   * @param prefixSpace whether a space is put in front
   * @param words whether to split at all
   */
  static PreTokenizer byteLevel(boolean prefixSpace, boolean words) {
    return (piece, _) -> {
      String text = prefixSpace && !piece.startsWith(" ") ? " " + piece : piece;
      List<String> pieces = words ? Splits.gpt2(text) : List.of(text);
      return pieces.stream().map(ByteSymbols::encode).toList();
    };
  }

  /** When a word gets a space in front. */
  enum Prepend {
    /** Every piece. */
    ALWAYS,
    /** The first piece of a text. */
    FIRST,
    /** None. */
    NEVER
  }

  /**
   * Spaces become a visible character, which starts a piece.
   *
   * @param split whether to split at all
   */
  static PreTokenizer metaspace(String replacement, Prepend prepend, boolean split) {
    return (piece, first) -> {
      String text = piece.replace(" ", replacement);
      boolean adds = prepend == Prepend.ALWAYS || prepend == Prepend.FIRST && first;
      if (adds && !text.startsWith(replacement)) {
        text = replacement + text;
      }
      return split ? Splits.before(text, replacement) : List.of(text);
    };
  }
}
