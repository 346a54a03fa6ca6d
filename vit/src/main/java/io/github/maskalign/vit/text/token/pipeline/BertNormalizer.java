package io.github.maskalign.vit.text.token.pipeline;

import java.text.Normalizer.Form;

/**
 * BERT's normalization.
 *
 * @param cleanText whether control characters are removed, and white space becomes spaces
 * @param chineseCharacters whether each Chinese character is a word
 * @param stripAccents whether combining marks are removed
 * @param lowerCase whether the text becomes lower case
 */
public record BertNormalizer(
    boolean cleanText, boolean chineseCharacters, boolean stripAccents, boolean lowerCase)
    implements Normalizer {

  @Override
  public String apply(String text) {
    String result = cleanText ? clean(text) : text;
    result = chineseCharacters ? separate(result) : result;
    if (stripAccents) {
      result = withoutMarks(Normalizer.unicode(Form.NFD).apply(result));
    }
    return lowerCase ? Characters.lowerCase(result) : result;
  }

  private static String withoutMarks(String text) {
    StringBuilder rest = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> Unicode8.type(c) != Character.NON_SPACING_MARK)
        .forEach(rest::appendCodePoint);
    return rest.toString();
  }

  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> c != 0 && c != 0xfffd && !isControl(c))
        .forEach(c -> clean.appendCodePoint(Characters.isSpace(c) ? ' ' : c));
    return clean.toString();
  }

  private static boolean isControl(int c) {
    if (c == '\t' || c == '\n' || c == '\r') {
      return false;
    }
    int type = Unicode8.type(c);
    return type == Character.CONTROL || type == Character.FORMAT || type == Character.PRIVATE_USE;
  }

  private static String separate(String text) {
    StringBuilder separate = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isChinese(c)) {
                separate.append(' ').appendCodePoint(c).append(' ');
              } else {
                separate.appendCodePoint(c);
              }
            });
    return separate.toString();
  }

  private static boolean isChinese(int c) {
    return c >= 0x4e00 && c <= 0x9fff
        || c >= 0x3400 && c <= 0x4dbf
        || c >= 0x20000 && c <= 0x2a6df
        || c >= 0x2a700 && c <= 0x2b73f
        || c >= 0x2b740 && c <= 0x2b81f
        || c >= 0x2b920 && c <= 0x2ceaf
        || c >= 0xf900 && c <= 0xfaff
        || c >= 0x2f800 && c <= 0x2fa1f;
  }
}
