package io.github.maskalign.vit.text.token.pipeline;

import io.github.maskalign.tensor.error.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's compiled map of characters: a double-array trie of UTF-8 keys (Yata's Darts-clone
 * layout), and the texts that replace them. Its content is foreign, so each index is checked.
 */
public final class Charsmap {

  /** Longer than any replacement in Unicode's compatibility forms, which has 33 bytes. */
  private static final int MAX_REPLACEMENT = 256;

  private final String name;
  private final int[] units;
  private final byte[] texts;

  private Charsmap(String name, int[] units, byte[] texts) {
    this.name = name;
    this.units = units;
    this.texts = texts;
  }

  /**
   * Reads a map.
   *
   * @param name for messages
   * @throws FormatException if its sizes disagree
   */
  public static Charsmap of(String name, byte[] blob) {
    ByteBuffer buffer = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    int size = blob.length < Integer.BYTES ? -1 : buffer.getInt();
    if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > buffer.remaining()) {
      throw damaged(name);
    }
    int[] units = new int[size / Integer.BYTES];
    for (int i = 0; i < units.length; i++) {
      units[i] = buffer.getInt();
    }
    byte[] texts = new byte[buffer.remaining()];
    buffer.get(texts);
    return new Charsmap(name, units, texts);
  }

  private static FormatException damaged(String name) {
    return new FormatException(name + ": the compiled map of characters is damaged");
  }

  /**
   * A key and its replacement.
   *
   * @param length of the key in bytes
   */
  private record Match(int length, int text) {}

  private @Nullable Match find(byte[] key, int from, int to, boolean longest) {
    Match found = null;
    int node = offset(unit(0));
    for (int i = from; i < to; i++) {
      node ^= key[i] & 0xff;
      if (node < 0 || node >= units.length) {
        return found;
      }
      int unit = units[node];
      if ((unit & 0x800000ff) != (key[i] & 0xff)) {
        return found;
      }
      node ^= offset(unit);
      if ((unit & 0x100) != 0) {
        found = new Match(i + 1 - from, unit(node) & 0x7fffffff);
        if (!longest) {
          return found;
        }
      }
    }
    return found;
  }

  private int unit(int at) {
    if (at < 0 || at >= units.length) {
      throw damaged(name);
    }
    return units[at];
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 0x200) >>> 6);
  }

  private String text(Match match) {
    int from = match.text;
    int to = from;
    while (to < texts.length && texts[to] != 0 && to - from <= MAX_REPLACEMENT) {
      to++;
    }
    if (from > texts.length || to - from > MAX_REPLACEMENT) {
      throw damaged(name);
    }
    return new String(texts, from, to - from, StandardCharsets.UTF_8);
  }

  /** As SentencePiece does: at each place the longest key. */
  public String longest(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder result = new StringBuilder(text.length());
    for (int at = 0; at < bytes.length; ) {
      Match match = find(bytes, at, bytes.length, true);
      if (match != null) {
        result.append(text(match));
        at += match.length;
      } else {
        int width = width(bytes[at]);
        result.append(new String(bytes, at, width, StandardCharsets.UTF_8));
        at += width;
      }
    }
    return result.toString();
  }

  private static int width(byte first) {
    int value = first & 0xff;
    return value < 0x80 ? 1 : value < 0xe0 ? 2 : value < 0xf0 ? 3 : 4;
  }

  /**
   * As Hugging Face's tokenizers do: a grapheme of less than 6 bytes as a whole, else its
   * characters one by one, each replaced by what its shortest prefix maps to.
   */
  public String graphemes(String text) {
    StringBuilder result = new StringBuilder(text.length());
    BreakIterator breaks = BreakIterator.getCharacterInstance(Locale.ROOT);
    breaks.setText(text);
    int from = breaks.first();
    for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
      grapheme(text.substring(from, to), result);
      from = to;
    }
    return result.toString();
  }

  private void grapheme(String grapheme, StringBuilder result) {
    if (grapheme.length() < 6) {
      byte[] bytes = grapheme.getBytes(StandardCharsets.UTF_8);
      Match whole = bytes.length < 6 ? find(bytes, 0, bytes.length, false) : null;
      if (whole != null) {
        result.append(text(whole));
        return;
      }
    }
    grapheme
        .codePoints()
        .forEach(
            c -> {
              byte[] bytes = Character.toString(c).getBytes(StandardCharsets.UTF_8);
              Match match = find(bytes, 0, bytes.length, false);
              if (match != null) {
                result.append(text(match));
              } else {
                result.appendCodePoint(c);
              }
            });
  }
}
