package io.github.maskalign.vit.text.token.clean;

import java.text.Normalizer;
import java.text.Normalizer.Form;

/**
 * Repairs texts as the Python library ftfy does, written from its documentation: entities of HTML,
 * wrongly decoded UTF-8, ligatures, wide characters, curly quotes, line breaks, surrogates, escapes
 * of terminals, control characters; then NFC.
 *
 * @see <a href="https://ftfy.readthedocs.io/">ftfy</a>
 */
public final class TextRepair {

  /** Each round removes a layer of entities or of wrong decoding, so that few suffice. */
  private static final int MAX_ROUNDS = 32;

  private static final String LIGATURES =
      "\u0132IJ|\u0133ij|\u0149\u02bcn|\u01c4D\u017d|\u01c5D\u017e|\u01c6d\u017e|\u01c7LJ|\u01c8Lj"
          + "|\u01c9lj|\u01caNJ|\u01cbNj|\u01ccnj|\u01f1DZ|\u01f2Dz|\u01f3dz|\ufb00ff|\ufb01fi"
          + "|\ufb02fl|\ufb03ffi|\ufb04ffl|\ufb05\u017ft|\ufb06st";

  private TextRepair() {}

  /** Repairs a text line by line; entities are left alone from the first line that has tags. */
  public static String repair(String text) {
    StringBuilder result = new StringBuilder(text.length());
    boolean entities = true;
    for (int from = 0; from < text.length(); ) {
      int newline = text.indexOf('\n', from);
      int to = newline < 0 ? text.length() : newline + 1;
      String line = text.substring(from, to);
      entities &= line.indexOf('<') < 0;
      result.append(line(line, entities));
      from = to;
    }
    return result.toString();
  }

  private static String line(String line, boolean entities) {
    String text = line;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      String before = text;
      text = entities ? HtmlEntities.unescapeStrictly(text) : text;
      text = Mojibake.repair(text);
      text = characters(text);
      text = control(withoutEscapes(surrogates(text)));
      text = Normalizer.normalize(text, Form.NFC);
      if (text.equals(before)) {
        break;
      }
    }
    return text;
  }

  /** Ligatures, wide and narrow forms, quotes, line breaks. */
  private static String characters(String text) {
    StringBuilder result = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80 && c != '\r') {
        result.append(c);
      } else if (c == '\r') {
        boolean pair = i + 1 < text.length() && text.charAt(i + 1) == '\n';
        result.append(pair ? "" : "\n");
      } else {
        result.append(replacement(text, i));
      }
    }
    return quotes(result.toString());
  }

  private static String replacement(String text, int at) {
    char c = text.charAt(at);
    if (c >= '\uff00' && c <= '\uffef' || c == '\u3000') {
      return Normalizer.normalize(String.valueOf(c), Form.NFKC);
    }
    if (c == '\u2028' || c == '\u2029' || c == '\u0085') {
      return "\n";
    }
    boolean ligature = c >= '\u0132' && c <= '\u01f3' || c >= '\ufb00' && c <= '\ufb06';
    int found = ligature ? LIGATURES.indexOf(c) : -1;
    if (found < 0 || found > 0 && LIGATURES.charAt(found - 1) != '|') {
      return String.valueOf(c);
    }
    int end = LIGATURES.indexOf('|', found);
    return LIGATURES.substring(found + 1, end < 0 ? LIGATURES.length() : end);
  }

  private static String quotes(String text) {
    StringBuilder result = new StringBuilder(text);
    for (int i = 0; i < result.length(); i++) {
      char c = result.charAt(i);
      if (c == '\u02bc' || c >= '\u2018' && c <= '\u201b') {
        result.setCharAt(i, '\'');
      } else if (c >= '\u201c' && c <= '\u201f') {
        result.setCharAt(i, '"');
      }
    }
    return result.toString();
  }

  private static String surrogates(String text) {
    StringBuilder result = new StringBuilder(text);
    for (int i = 0; i < result.length(); i++) {
      boolean pair =
          i + 1 < result.length()
              && Character.isSurrogatePair(result.charAt(i), result.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(result.charAt(i))) {
        result.setCharAt(i, '\ufffd');
      }
    }
    return result.toString();
  }

  /** Removes ESC, a bracket, numbers with semicolons, and a letter. */
  private static String withoutEscapes(String text) {
    int at = text.indexOf("\u001b[");
    if (at < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder(text.length());
    int done = 0;
    while (at >= 0) {
      int end = at + 2;
      while (end < text.length() && isParameter(text.charAt(end))) {
        end++;
      }
      boolean complete = end < text.length() && isAsciiLetter(text.charAt(end));
      if (complete) {
        result.append(text, done, at);
        done = end + 1;
      }
      at = text.indexOf("\u001b[", complete ? done : end);
    }
    return result.append(text, done, text.length()).toString();
  }

  private static boolean isParameter(char c) {
    return Character.isDigit(c) || c == ';';
  }

  private static boolean isAsciiLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private static String control(String text) {
    StringBuilder result = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean removed =
          c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r'
              || c == 0x7f
              || c >= '\u206a' && c <= '\u206f'
              || c == '\ufeff'
              || c >= '\ufff9' && c <= '\ufffc';
      if (!removed) {
        result.append(c);
      }
    }
    return result.toString();
  }
}
