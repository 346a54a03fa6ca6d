package io.github.maskalign.vit.text.token.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Published regular expressions as scanners, which look at each character a bounded number of
 * times.
 */
public final class Splits {

  private static final List<String> SPECIAL = List.of("<|startoftext|>", "<|endoftext|>");
  private static final List<String> CONTRACTIONS =
      List.of("'s", "'t", "'re", "'ve", "'m", "'ll", "'d");

  private static final char IOTA_SUBSCRIPT = '\u0345';

  private Splits() {}

  static List<String> words(String text, IntPredicate space) {
    List<String> words = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = run(text, at, c -> !space.test(c));
      if (end > at) {
        words.add(text.substring(at, end));
      }
      at = end + (end < text.length() ? 1 : 0);
    }
    return words;
  }

  /** Special tokens, contractions, letters, single numbers, others; white space separates. */
  static List<String> clip(String text, boolean special) {
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      int end = special ? starting(text, at, SPECIAL) : -1;
      end = end < 0 ? starting(text, at, CONTRACTIONS) : end;
      end = end < 0 ? clipPiece(text, at) : end;
      if (!Characters.isSpace(c)) {
        pieces.add(text.substring(at, end));
      }
      at = end;
    }
    return pieces;
  }

  /**
   * As CLIP's, but without regard to case, and with other special tokens, of which the first one
   * that matches is taken. Without regard to case U+0345 is neither a letter nor another character,
   * and is dropped.
   */
  public static List<String> openClip(String text, List<String> special) {
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      if (c == IOTA_SUBSCRIPT) {
        at++;
        continue;
      }
      int end = startingAnyCase(text, at, special);
      end = end < 0 ? startingAnyCase(text, at, CONTRACTIONS) : end;
      if (end < 0) {
        end = clipPiece(text, at);
        int iota = text.indexOf(IOTA_SUBSCRIPT, at, end);
        end = iota < 0 ? end : iota;
      }
      if (!Characters.isSpace(c) || end > at + 1) {
        pieces.add(text.substring(at, end));
      }
      at = end;
    }
    return pieces;
  }

  private static int startingAnyCase(String text, int at, List<String> words) {
    for (String word : words) {
      if (text.regionMatches(true, at, word, 0, word.length())) {
        return at + word.length();
      }
    }
    return -1;
  }

  /** The end of a space, letters, a number, or others. */
  private static int clipPiece(String text, int at) {
    int c = text.codePointAt(at);
    if (Characters.isSpace(c)) {
      return at + 1;
    }
    if (Characters.isNumber(c)) {
      return at + Character.charCount(c);
    }
    return run(text, at, Characters.isLetter(c) ? Characters::isLetter : Splits::isOther);
  }

  /** The end of the first of some words that starts at a place; -1 if none does. */
  static int starting(String text, int at, List<String> words) {
    for (String word : words) {
      if (text.startsWith(word, at)) {
        return at + word.length();
      }
    }
    return -1;
  }

  /**
   * Contractions; letters, numbers or others, each with a space before; white space, whose last
   * character goes to the next piece if that is a space.
   */
  static List<String> gpt2(String text) {
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = starting(text, at, CONTRACTIONS);
      if (end < 0) {
        int from = text.charAt(at) == ' ' && at + 1 < text.length() ? at + 1 : at;
        int c = text.codePointAt(from);
        if (Characters.isLetter(c)) {
          end = run(text, from, Characters::isLetter);
        } else if (Characters.isNumber(c)) {
          end = run(text, from, Characters::isNumber);
        } else if (!Characters.isSpace(c)) {
          end = run(text, from, Splits::isOther);
        } else {
          end = run(text, at, Characters::isSpace);
          end = end < text.length() && end - at > 1 ? end - 1 : end;
        }
      }
      pieces.add(text.substring(at, end));
      at = end;
    }
    return pieces;
  }

  static List<String> bert(String text) {
    List<String> pieces = new ArrayList<>();
    for (String word : words(text, Characters::isSpace)) {
      for (int at = 0; at < word.length(); ) {
        int end = run(word, at, c -> !isPunctuation(c));
        end = end > at ? end : at + Character.charCount(word.codePointAt(at));
        pieces.add(word.substring(at, end));
        at = end;
      }
    }
    return pieces;
  }

  static List<String> after(String text, String pattern) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, from)) {
      pieces.add(text.substring(from, at + pattern.length()));
      from = at + pattern.length();
    }
    if (from < text.length()) {
      pieces.add(text.substring(from));
    }
    return pieces;
  }

  static List<String> before(String text, String pattern) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int next =
          text.indexOf(pattern, from + (text.startsWith(pattern, from) ? pattern.length() : 0));
      int end = next < 0 ? text.length() : next;
      pieces.add(text.substring(from, end));
      from = end;
    }
    return pieces;
  }

  private static boolean isOther(int c) {
    return !Characters.isSpace(c) && !Characters.isLetter(c) && !Characters.isNumber(c);
  }

  private static boolean isPunctuation(int c) {
    return switch (Unicode8.type(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> c < 0x80 && c > ' ' && c != 0x7f && !Character.isLetterOrDigit(c);
    };
  }

  /** The end of the run of some characters from a place. */
  private static int run(String text, int from, IntPredicate member) {
    int at = from;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (!member.test(c)) {
        break;
      }
      at += Character.charCount(c);
    }
    return at;
  }
}
