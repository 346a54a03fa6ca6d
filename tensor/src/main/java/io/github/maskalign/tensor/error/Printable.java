package io.github.maskalign.tensor.error;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Text of files and file names, made safe for terminals and logs: characters that would move the
 * cursor, change colors, start lines or reverse the direction of text are written as escapes, such
 * as {@code \x1b}.
 *
 * @since 0.1.0
 */
public final class Printable {
  private Printable() {}

  /** A name or value within a line: line ends and tabs are escaped, too. */
  public static String line(String text) {
    return escaped(text, false);
  }

  /** The first names of a list within a line; an ellipsis stands for the others. */
  public static String line(List<String> names, int max) {
    return names.stream()
        .limit(max)
        .map(Printable::line)
        .collect(Collectors.joining(", ", "", names.size() > max ? ", ..." : ""));
  }

  /** A message of one or more lines: line ends and tabs are kept. */
  public static String text(String text) {
    return escaped(text, true);
  }

  private static String escaped(String text, boolean keepLines) {
    int first = 0;
    while (first < text.length() && !isUnsafe(text, first, keepLines)) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    var result = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isUnsafe(text, i, keepLines)) {
        result.append((c < 0x100 ? "\\x%02x" : "\\u%04x").formatted((int) c));
      } else {
        result.append(c);
      }
    }
    return result.toString();
  }

  private static boolean isUnsafe(String text, int at, boolean keepLines) {
    char c = text.charAt(at);
    return switch (Character.getType(c)) {
      case Character.CONTROL -> !(keepLines && (c == '\n' || c == '\t'));
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      case Character.FORMAT -> isDirection(c);
      case Character.SURROGATE -> isLone(text, at);
      default -> false;
    };
  }

  /** Whether a character changes the direction of the text after it (Unicode annex 9). */
  private static boolean isDirection(char c) {
    return c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
  }

  private static boolean isLone(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        ? at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))
        : at == 0 || !Character.isHighSurrogate(text.charAt(at - 1));
  }
}
