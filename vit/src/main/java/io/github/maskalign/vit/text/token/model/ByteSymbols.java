package io.github.maskalign.vit.text.token.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The characters that represent bytes in vocabularies: printable Latin-1 characters for themselves,
 * the other 68 bytes by the characters from 256 on.
 */
public final class ByteSymbols {

  /** Suffix of the last symbol of a word. */
  public static final String WORD_END = "</w>";

  private static final int BYTES = 256;
  private static final String BY_VALUE = byValue();

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

  private static String byValue() {
    StringBuilder symbols = new StringBuilder();
    int next = BYTES;
    for (int value = 0; value < BYTES; value++) {
      symbols.append((char) (prints(value) ? value : next++));
    }
    return symbols.toString();
  }

  /** The symbols of the bytes of a text. */
  public static String encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder symbols = new StringBuilder(bytes.length);
    for (byte value : bytes) {
      symbols.append(BY_VALUE.charAt(value & 0xff));
    }
    return symbols.toString();
  }

  /** The text of tokens; one with a character that is no symbol stands for itself. */
  public static String decode(List<String> tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String token : tokens) {
      byte[] decoded = bytes(token);
      bytes.writeBytes(decoded);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      int value = BY_VALUE.indexOf(token.charAt(i));
      if (value < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static boolean prints(int value) {
    return value >= '!' && value <= '~' || value >= 0xA1 && value != 0xAD;
  }
}
