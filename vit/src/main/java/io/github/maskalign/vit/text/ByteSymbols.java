package io.github.maskalign.vit.text;

import java.util.ArrayList;
import java.util.List;

/**
 * The characters that represent bytes in vocabularies: printable Latin-1 characters for themselves,
 * the other 68 bytes by the characters from 256 on.
 *
 * @since 0.1.0
 */
public final class ByteSymbols {

  /** Suffix of the last symbol of a word. */
  public static final String WORD_END = "</w>";

  private static final int BYTES = 256;

  private ByteSymbols() {}

  /** All symbols in the order of CLIP's token ids: the printable bytes first. */
  public static List<String> all() {
    List<String> symbols = new ArrayList<>();
    for (int value = 0; value < BYTES; value++) {
      if (prints(value)) {
        symbols.add(Character.toString(value));
      }
    }
    for (int at = BYTES; symbols.size() < BYTES; at++) {
      symbols.add(Character.toString(at));
    }
    return List.copyOf(symbols);
  }

  /** The symbol of each byte, by its value from 0 to 255. */
  static List<String> byValue() {
    List<String> symbols = new ArrayList<>();
    int next = BYTES;
    for (int value = 0; value < BYTES; value++) {
      symbols.add(Character.toString(prints(value) ? value : next++));
    }
    return List.copyOf(symbols);
  }

  private static boolean prints(int value) {
    return value >= '!' && value <= '~' || value >= 0xA1 && value != 0xAD;
  }
}
