package io.github.maskalign.vit.text.token.clean;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Repairs UTF-8 that was decoded as an encoding of single bytes. A sequence of characters whose
 * bytes are UTF-8 is evidence if people do not write such a sequence: one with a symbol or a
 * control character right behind an accented letter. A text with evidence is decoded again as a
 * whole if all of it is UTF-8, else only its sequences are.
 */
final class Mojibake {

  /** Bytes to try, in this order. */
  private static final List<CodePage> PAGES =
      Stream.of(
              "windows-1252",
              "ISO-8859-1",
              "windows-1251",
              "windows-1250",
              "windows-1254",
              "windows-1257",
              "windows-1253",
              "ISO-8859-2",
              "x-MacRoman",
              "IBM437")
          .filter(Charset::isSupported)
          .map(CodePage::of)
          .toList();

  /** The first pages, whose sequences are decoded in the middle of other text, too. */
  private static final int IN_PLACE = 6;

  /** Each round removes a layer of wrong decoding. */
  private static final int MAX_ROUNDS = 16;

  private Mojibake() {}

  /** The characters of the bytes from 128 on. */
  private record CodePage(Map<Character, Integer> bytes) {

    /** A byte without a character stands for the control character of that number. */
    static CodePage of(String name) {
      Charset charset = Charset.forName(name);
      Map<Character, Integer> bytes = new HashMap<>();
      for (int value = 0x80; value <= 0xff; value++) {
        char c = new String(new byte[] {(byte) value}, charset).charAt(0);
        bytes.put(c == '\ufffd' ? (char) value : c, value);
      }
      return new CodePage(bytes);
    }

    /** The byte of a character; -1 if it has none. */
    int value(char c) {
      return c < 0x80 ? c : bytes.getOrDefault(c, -1);
    }

    /** Length of the UTF-8 sequence of at least two bytes at a place; 0 if there is none. */
    int sequence(String text, int at) {
      char first = text.charAt(at);
      // Dashes are leads in one page only, and common in texts.
      int lead = first == '\u2013' || first == '\u2014' ? -1 : value(first);
      int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
      if (length == 0 || at + length > text.length()) {
        return 0;
      }
      byte[] sequence = new byte[length];
      sequence[0] = (byte) lead;
      for (int i = 1; i < length; i++) {
        int value = value(text.charAt(at + i));
        if (value < 0x80 || value > 0xbf) {
          return 0;
        }
        sequence[i] = (byte) value;
      }
      return decode(sequence) == null ? 0 : length;
    }

    byte @Nullable [] encode(String text) {
      byte[] encoded = new byte[text.length()];
      for (int i = 0; i < encoded.length; i++) {
        int value = value(text.charAt(i));
        if (value < 0) {
          return null;
        }
        encoded[i] = (byte) value;
      }
      return encoded;
    }
  }

  private static @Nullable String decode(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Repairs a text until nothing is left to do: some were decoded wrongly more than once. */
  static String repair(String text) {
    String repaired = text;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      String before = repaired;
      repaired = once(before);
      if (repaired.equals(before)) {
        break;
      }
    }
    return controls(repaired);
  }

  private static String once(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    String restored = restored(text);
    for (CodePage page : PAGES) {
      byte[] encoded = hasEvidence(page, restored) ? page.encode(restored) : null;
      String whole = encoded == null ? null : decode(encoded);
      if (whole != null) {
        return whole;
      }
    }
    String parts = restored;
    for (CodePage page : PAGES.subList(0, IN_PLACE)) {
      parts = inPlace(page, parts);
    }
    return parts.equals(restored) ? controls(text) : parts;
  }

  private static boolean hasEvidence(CodePage page, String text) {
    for (int at = 0; at < text.length(); ) {
      int end = run(page, text, at);
      if (isEvidence(page, text, at, end)) {
        return true;
      }
      at = Math.max(at + 1, end);
    }
    return false;
  }

  /** The end of the sequences that follow each other from a place. */
  private static int run(CodePage page, String text, int from) {
    int at = from;
    while (at < text.length()) {
      int length = text.charAt(at) < 0x80 ? 0 : page.sequence(text, at);
      if (length == 0) {
        break;
      }
      at += length;
    }
    return at;
  }

  /** Whether no one writes such a run of sequences: three are no accident. */
  private static boolean isEvidence(CodePage page, String text, int from, int to) {
    int count = 0;
    for (int at = from; at < to; ) {
      int length = page.sequence(text, at);
      count++;
      if (count == 3 || isEvidence(text, at, length)) {
        return true;
      }
      at += length;
    }
    return false;
  }

  /** Whether no one writes such a sequence. */
  private static boolean isEvidence(String text, int at, int length) {
    char lead = text.charAt(at);
    if (lead == '\u00c2' || lead == '\u00c3') {
      boolean capitals = at > 0 && Character.isUpperCase(text.charAt(at - 1));
      return !capitals || !isPunctuation(text.charAt(at + 1));
    }
    // In Windows-1251 and 1253 these are letters that precede many others.
    boolean common = lead == '\u0412' || lead == '\u0413' || lead == '\u0392' || lead == '\u0393';
    if (length == 2 && common) {
      return false;
    }
    boolean inside = at > 0 && Character.isLowerCase(text.charAt(at - 1));
    for (int i = at + 1; i < at + length; i++) {
      char c = text.charAt(i);
      boolean sign = c == '\u00a9' || c == '\u00ae' || c == '\u2122';
      boolean odd = sign ? inside || !Character.isLetter(lead) : !isPunctuation(c);
      if (odd && (!Character.isLetter(c) || c == '\u00b5')) {
        return true;
      }
    }
    return lead == '\u201a' && length == 3;
  }

  /** Marks that may follow a word: dashes, closing quotes, an ellipsis. */
  private static boolean isPunctuation(char c) {
    return switch (c) {
      case '\u2026',
          '\u2019',
          '\u2018',
          '\u201d',
          '\u201c',
          '\u2013',
          '\u2014',
          '\u00bb',
          '\u00ab',
          '\u203a',
          '\u2039',
          '\u00b7',
          '\u00a0' ->
          true;
      default -> false;
    };
  }

  /** Decodes the runs of sequences that are evidence, and leaves the rest as it is. */
  private static String inPlace(CodePage page, String text) {
    StringBuilder result = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      int end = run(page, text, at);
      byte[] bytes = isEvidence(page, text, at, end) ? page.encode(text.substring(at, end)) : null;
      String decoded = bytes == null ? null : decode(bytes);
      end = Math.max(at + 1, end);
      result.append(decoded == null ? text.substring(at, end) : decoded);
      at = end;
    }
    return result.toString();
  }

  /**
   * A no-break space inside a sequence may have become a space, as in the French {@code \u00e0}.
   */
  private static String restored(String text) {
    StringBuilder result = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      result.append(c);
      if (c == '\u00c3' && text.startsWith(" ", i + 1)) {
        boolean word = i + 2 < text.length() && Character.isLetter(text.charAt(i + 2));
        result.append(word ? "\u00a0 " : "\u00a0");
        i++;
      }
    }
    return result.toString();
  }

  /** Control characters of Latin-1 were meant to be those of Windows-1252. */
  private static String controls(String text) {
    char[] result = text.toCharArray();
    Charset windows = Charset.forName("windows-1252");
    for (int i = 0; i < result.length; i++) {
      if (result[i] >= 0x80 && result[i] <= 0x9f) {
        char c = new String(new byte[] {(byte) result[i]}, windows).charAt(0);
        result[i] = c == '\ufffd' ? result[i] : c;
      }
    }
    return new String(result);
  }
}
