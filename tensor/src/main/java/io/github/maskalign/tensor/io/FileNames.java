package io.github.maskalign.tensor.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * File names as text and back, independent of the locale. On Linux and macOS a file name is a
 * sequence of bytes. Its text is their UTF-8 decoding, in which a byte that is not UTF-8 is written
 * as {@code \xe9}, and a backslash before an {@code x} as {@code \x5c}; so different names have
 * different texts.
 *
 * <p>{@link Path#toString} and {@link Path#of(String, String...)} use the encoding of the locale
 * instead: in the locale {@code C} they fail for any name that is not ASCII.
 *
 * @since 0.1.0
 */
public final class FileNames {
  private static final FileSystem SYSTEM = FileSystems.getDefault();
  private static final boolean NAMES_ARE_BYTES = File.separatorChar == '/';
  private static final boolean LOCALE_IS_UTF_8 =
      UTF_8.name().equalsIgnoreCase(System.getProperty("sun.jnu.encoding"));
  private static final char REPLACEMENT = '\ufffd';
  private static final String ESCAPE = "\\x";
  private static final int ESCAPE_LENGTH = 4;
  private static final HexFormat HEX = HexFormat.of();

  private FileNames() {}

  /** The text of a path; the separator is a slash on every system. */
  public static String text(Path path) {
    String text = path.toString();
    if (!NAMES_ARE_BYTES || path.getFileSystem() != SYSTEM) {
      return text.replace(path.getFileSystem().getSeparator(), "/");
    }
    boolean exact = isAscii(text) || LOCALE_IS_UTF_8 && text.indexOf(REPLACEMENT) < 0;
    return exact && !text.contains(ESCAPE) ? text : text(bytes(path));
  }

  /** The text of a name that a file contains. */
  public static String text(byte[] name) {
    ByteBuffer bytes = ByteBuffer.wrap(name);
    CharBuffer chars = CharBuffer.allocate(name.length);
    CharsetDecoder decoder =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    StringBuilder text = new StringBuilder(name.length);
    while (true) {
      CoderResult result = decoder.decode(bytes, chars, true);
      append(chars.flip(), text);
      chars.clear();
      if (!result.isError()) {
        return text.toString();
      }
      for (int i = 0; i < result.length(); i++) {
        text.append(ESCAPE).append(HEX.toHexDigits(bytes.get()));
      }
    }
  }

  private static void append(CharBuffer chars, StringBuilder text) {
    for (int i = 0; i < chars.length(); i++) {
      char c = chars.charAt(i);
      boolean escape =
          NAMES_ARE_BYTES && c == '\\' && i + 1 < chars.length() && chars.charAt(i + 1) == 'x';
      if (escape) {
        text.append(ESCAPE).append("5c");
      } else {
        text.append(c);
      }
    }
  }

  /**
   * The path of a text, relative to a folder unless it is absolute.
   *
   * @throws InvalidPathException if no file can have the name
   */
  public static Path resolve(Path folder, String text) {
    boolean exact = isAscii(text) || LOCALE_IS_UTF_8;
    if (!NAMES_ARE_BYTES || folder.getFileSystem() != SYSTEM || exact && !text.contains(ESCAPE)) {
      return folder.resolve(text);
    }
    Path absolute = path(text, bytes(text));
    return text.startsWith("/") || absolute.getNameCount() == 0
        ? folder.resolve(absolute)
        : folder.resolve(absolute.subpath(0, absolute.getNameCount()));
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of a path. Of all methods of a path, only that of its URI preserves them. */
  private static byte[] bytes(Path path) {
    String uri = Path.of("/").resolve(path).toUri().getRawPath();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
    // The URI of a folder ends in a slash.
    int end = uri.length() > 1 && uri.endsWith("/") ? uri.length() - 1 : uri.length();
    for (int i = path.isAbsolute() ? 0 : 1; i < end; i++) {
      if (uri.charAt(i) == '%') {
        bytes.write(HexFormat.fromHexDigits(uri, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(uri.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  /** The absolute path of bytes; a first slash may be missing. */
  private static Path path(String text, byte[] bytes) {
    StringBuilder uri = new StringBuilder("file:///");
    for (byte b : bytes) {
      if (b == 0) {
        throw new InvalidPathException(text, "Nul character not allowed");
      }
      boolean plain = b == '/' || b == '.' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z';
      uri.append(plain ? String.valueOf((char) b) : "%" + HEX.toHexDigits(b));
    }
    return Path.of(URI.create(uri.toString()));
  }

  private static byte[] bytes(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
    int from = 0;
    for (int at = text.indexOf(ESCAPE); at >= 0; at = text.indexOf(ESCAPE, at + 1)) {
      if (isEscape(text, at)) {
        bytes.writeBytes(encoded(text, from, at));
        bytes.write(HexFormat.fromHexDigits(text, at + 2, at + ESCAPE_LENGTH));
        from = at + ESCAPE_LENGTH;
      }
    }
    bytes.writeBytes(encoded(text, from, text.length()));
    return bytes.toByteArray();
  }

  private static boolean isEscape(String text, int at) {
    return at + ESCAPE_LENGTH <= text.length()
        && HexFormat.isHexDigit(text.charAt(at + 2))
        && HexFormat.isHexDigit(text.charAt(at + 3));
  }

  private static byte[] encoded(String text, int from, int to) {
    try {
      ByteBuffer bytes = UTF_8.newEncoder().encode(CharBuffer.wrap(text, from, to));
      byte[] exact = new byte[bytes.remaining()];
      bytes.get(exact);
      return exact;
    } catch (CharacterCodingException e) {
      throw new InvalidPathException(text, "Unpaired surrogate");
    }
  }
}
