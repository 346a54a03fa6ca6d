package io.github.maskalign.vit.text.token.pipeline;

import java.util.Locale;
import java.util.function.IntPredicate;

/** What libraries call white space, a letter or lower case. */
public final class Characters {

  private static final char SIGMA = '\u03a3';

  /** Unicode's MidLetter, MidNumLet and Single_Quote. */
  private static final String IN_WORDS =
      "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

  /** Python's {@code string.punctuation}. */
  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  private Characters() {}

  /** Unicode's White_Space, as in Rust and in regular expressions. */
  public static boolean isSpace(int c) {
    return c >= 0x09 && c <= 0x0d
        || c == ' '
        || c == 0x85
        || c == 0xa0
        || c == 0x1680
        || c >= 0x2000 && c <= 0x200a
        || c == 0x2028
        || c == 0x2029
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }

  /** Python's {@code str.isspace}, which includes four separators among the control characters. */
  public static boolean isPythonSpace(int c) {
    return isSpace(c) || c >= 0x1c && c <= 0x1f;
  }

  /** The category L. */
  static boolean isLetter(int c) {
    return Character.isLetter(c);
  }

  /** The category N. */
  static boolean isNumber(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  /** The category M. */
  static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  /** Letters, marks, digits and connectors. */
  static boolean isWord(int c) {
    int type = Character.getType(c);
    return Character.isAlphabetic(c)
        || isMark(c)
        || type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.CONNECTOR_PUNCTUATION
        || c == 0x200c
        || c == 0x200d;
  }

  /** Character by character, so that a final sigma becomes the same as any other. */
  public static String lowerCase(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c < 0x80) {
                lower.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c));
              } else if (Character.toLowerCase(c) == c) {
                lower.appendCodePoint(c);
              } else {
                lower.append(Character.toString(c).toLowerCase(Locale.ROOT));
              }
            });
    return lower.toString();
  }

  /** As Python's {@code str.lower}, which knows a final sigma. */
  public static String pythonLowerCase(String text) {
    if (text.indexOf(SIGMA) < 0) {
      return lowerCase(text);
    }
    StringBuilder lower = new StringBuilder(text.length());
    int done = 0;
    for (int at = text.indexOf(SIGMA); at >= 0; at = text.indexOf(SIGMA, done)) {
      lower.append(lowerCase(text.substring(done, at)));
      lower.append(endsWord(text, at) ? '\u03c2' : '\u03c3');
      done = at + 1;
    }
    return lower.append(lowerCase(text.substring(done))).toString();
  }

  /** Whether a letter with case precedes a place, and none follows, passing over marks. */
  private static boolean endsWord(String text, int at) {
    int before = at;
    while (before > 0 && isCaseIgnorable(text.codePointBefore(before))) {
      before -= Character.charCount(text.codePointBefore(before));
    }
    int after = at + 1;
    while (after < text.length() && isCaseIgnorable(text.codePointAt(after))) {
      after += Character.charCount(text.codePointAt(after));
    }
    return before > 0
        && isCased(text.codePointBefore(before))
        && (after == text.length() || !isCased(text.codePointAt(after)));
  }

  private static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  /** Marks, formats, modifiers, and the punctuation that may stand inside a word. */
  private static boolean isCaseIgnorable(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT,
          Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL ->
          true;
      default -> IN_WORDS.indexOf(c) >= 0;
    };
  }

  /** Without Python's {@code string.punctuation}, which is ASCII's. */
  public static String withoutPunctuation(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (PUNCTUATION.indexOf(text.charAt(i)) < 0) {
        kept.append(text.charAt(i));
      }
    }
    return kept.toString();
  }

  /** Each run of some characters becomes one space. */
  public static String collapse(String text, IntPredicate space) {
    StringBuilder collapsed = new StringBuilder(text.length());
    boolean inside = false;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      boolean found = space.test(c);
      if (!found) {
        collapsed.append(c);
      } else if (!inside) {
        collapsed.append(' ');
      }
      inside = found;
    }
    return collapsed.toString();
  }

  /** One space between words and none around them, as {@code " ".join(text.split())}. */
  public static String pythonWords(String text) {
    return strip(collapse(text, Characters::isPythonSpace), Characters::isPythonSpace);
  }

  /** Without some characters at both ends. */
  public static String strip(String text, IntPredicate space) {
    return stripEnd(stripStart(text, space), space);
  }

  /** Without some characters at the start. */
  public static String stripStart(String text, IntPredicate space) {
    int from = 0;
    while (from < text.length() && space.test(text.charAt(from))) {
      from++;
    }
    return text.substring(from);
  }

  /** Without some characters at the end. */
  public static String stripEnd(String text, IntPredicate space) {
    int to = text.length();
    while (to > 0 && space.test(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(0, to);
  }
}
