package io.github.maskalign.vit.text.token.clean;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Character references of HTML, as Python's {@code html.unescape} and ftfy resolve them. */
public final class HtmlEntities {

  private static final String FILE = "html-entities.tsv";

  /** The longest name; longer ones are cut there. */
  private static final int MAX_NAME = 32;

  /** ftfy looks at shorter ones only. */
  private static final int MAX_STRICT = 24;

  private static final Map<String, String> NAMES = read();
  private static final Map<String, String> CAPITALS = capitals();

  private HtmlEntities() {}

  private static Map<String, String> read() {
    Map<String, String> names = new HashMap<>();
    try (InputStream in = HtmlEntities.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its resource " + FILE);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] parts = line.split("\t");
        if (parts.length == 2) {
          StringBuilder text = new StringBuilder();
          for (String point : parts[1].split(" ")) {
            text.appendCodePoint(Integer.parseInt(point, 16));
          }
          names.put(parts[0], text.toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(names);
  }

  /** Names that somebody has written in capitals, where that is not ambiguous. */
  private static Map<String, String> capitals() {
    Map<String, String> capitals = new HashMap<>();
    NAMES.forEach(
        (name, text) -> {
          String upper = name.toUpperCase(Locale.ROOT);
          boolean lower = name.equals(name.toLowerCase(Locale.ROOT));
          if (lower && name.endsWith(";") && named(upper) == null) {
            capitals.put(upper, text.toUpperCase(Locale.ROOT));
          }
        });
    return Map.copyOf(capitals);
  }

  /** All references, also those without a semicolon that browsers understand. */
  public static String unescape(String text) {
    int at = text.indexOf('&');
    if (at < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder(text.length());
    int done = 0;
    while (at >= 0) {
      int end = end(text, at + 1);
      String resolved = end > at + 1 ? resolve(text.substring(at + 1, end)) : null;
      if (resolved != null) {
        result.append(text, done, at).append(resolved);
        done = end;
      }
      at = text.indexOf('&', Math.max(at + 1, end));
    }
    return result.append(text, done, text.length()).toString();
  }

  /** Only references that end with a semicolon; names may be in capitals. */
  static String unescapeStrictly(String text) {
    StringBuilder result = new StringBuilder(text.length());
    int done = 0;
    for (int at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
      int from = text.startsWith("#", at + 1) ? at + 2 : at + 1;
      int end = from;
      while (end < text.length() && end - from < MAX_STRICT && isAlphanumeric(text.charAt(end))) {
        end++;
      }
      if (end == from || end == text.length() || text.charAt(end) != ';') {
        continue;
      }
      String name = text.substring(at + 1, end + 1);
      String resolved = name.startsWith("#") ? number(name) : NAMES.get(name);
      resolved = resolved == null ? CAPITALS.get(name) : resolved;
      if (resolved != null) {
        result.append(text, done, at).append(resolved);
        done = end + 1;
      }
    }
    return result.append(text, done, text.length()).toString();
  }

  private static boolean isAlphanumeric(char c) {
    return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
  }

  /** The end of the reference whose name starts at a place. */
  private static int end(String text, int from) {
    int end = from;
    if (text.startsWith("#", from)) {
      boolean hex = text.startsWith("x", from + 1) || text.startsWith("X", from + 1);
      end = from + (hex ? 2 : 1);
      int digits = end;
      while (end < text.length() && digit(text.charAt(end), hex ? 16 : 10) >= 0) {
        end++;
      }
      if (end == digits) {
        return from;
      }
    } else {
      int count = 0;
      while (end < text.length()
          && count < MAX_NAME
          && "\t\n\f <&#;".indexOf(text.charAt(end)) < 0) {
        end += Character.charCount(text.codePointAt(end));
        count++;
      }
    }
    return end > from && end < text.length() && text.charAt(end) == ';' ? end + 1 : end;
  }

  private static int digit(char c, int radix) {
    return c < 0x80 ? Character.digit(c, radix) : -1;
  }

  private static @Nullable String resolve(String name) {
    return name.startsWith("#") ? number(name) : named(name);
  }

  /** The longest known name at the start. */
  private static @Nullable String named(String name) {
    for (int end = name.length(); end > 1; end--) {
      String text = NAMES.get(name.substring(0, end));
      if (text != null) {
        return text + name.substring(end);
      }
    }
    return null;
  }

  private static @Nullable String number(String name) {
    boolean hex = name.startsWith("x", 1) || name.startsWith("X", 1);
    int radix = hex ? 16 : 10;
    int to = name.endsWith(";") ? name.length() - 1 : name.length();
    long value = 0;
    int from = hex ? 2 : 1;
    for (int i = from; i < to; i++) {
      int digit = digit(name.charAt(i), radix);
      if (digit < 0) {
        return null;
      }
      value = Math.min(Integer.MAX_VALUE, value * radix + digit);
    }
    return from == to ? null : character((int) value);
  }

  /** What browsers make of a number: bytes of Windows-1252 are those characters. */
  private static String character(int value) {
    if (value == 0 || value >= 0xd800 && value <= 0xdfff || value > 0x10ffff) {
      return "\ufffd";
    }
    if (value >= 0x80 && value <= 0x9f) {
      String text = new String(new byte[] {(byte) value}, Charset.forName("windows-1252"));
      return text.equals("\ufffd") ? Character.toString(value) : text;
    }
    return isInvalid(value) ? "" : Character.toString(value);
  }

  private static boolean isInvalid(int value) {
    return value < 0x20 && value != '\t' && value != '\n' && value != '\f' && value != '\r'
        || value == 0x7f
        || value >= 0xfdd0 && value <= 0xfdef
        || (value & 0xfffe) == 0xfffe;
  }
}
