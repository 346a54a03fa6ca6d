package io.github.maskalign.tensor.io;

import io.github.maskalign.tensor.error.FormatException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads whole files that are small by nature, such as configurations, whatever their actual size.
 *
 * @since 0.1.0
 */
public final class BoundedFiles {

  private BoundedFiles() {}

  /**
   * Limits of a text.
   *
   * @param what kind of content, for messages
   * @param characters maximum number of characters
   * @param lines maximum number of lines
   * @param lineLength maximum number of characters of a line
   */
  public record TextLimit(String what, int characters, int lines, int lineLength) {}

  /**
   * Requires a regular file: opening a pipe or a device might block forever.
   *
   * @throws FormatException if it is something else
   * @throws IOException if it is missing
   */
  public static void requireRegular(Path file) throws IOException {
    String kind = RegularFiles.kind(file);
    if (!kind.equals("file")) {
      throw new FormatException("%s: is a %s, not a file".formatted(file, kind));
    }
  }

  /**
   * The content of a regular file.
   *
   * @param limit maximum number of bytes
   * @param what kind of content, for messages
   * @throws FormatException if it is longer, or not a regular file
   */
  public static byte[] read(Path file, int limit, String what) throws IOException {
    requireRegular(file);
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in, limit, what);
    }
  }

  /**
   * The rest of a stream, which stays open.
   *
   * @param name of the stream, for messages
   * @param limit maximum number of bytes
   * @param what kind of content, for messages
   * @throws FormatException if it is longer
   */
  public static byte[] read(String name, InputStream in, int limit, String what)
      throws IOException {
    byte[] content = in.readNBytes(limit + 1);
    if (content.length > limit) {
      throw new FormatException(
          "%s: too large for %s, the limit is %,d bytes".formatted(name, what, limit));
    }
    return content;
  }

  /**
   * The lines of a text in UTF-8.
   *
   * @param name of the stream, which stays open, for messages
   * @throws FormatException if a limit is exceeded, or it is not UTF-8
   */
  public static List<String> lines(String name, InputStream in, TextLimit limit)
      throws IOException {
    Reader text =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    try {
      int read = 0;
      for (int c = text.read(); c >= 0; c = text.read()) {
        require(++read <= limit.characters, name, limit, lines, "exceeds the size");
        if (c == '\n') {
          require(lines.size() < limit.lines, name, limit, lines, "exceeds the number of lines");
          lines.add(withoutReturn(line));
          line.setLength(0);
        } else {
          require(line.length() < limit.lineLength, name, limit, lines, "exceeds the line length");
          line.append((char) c);
        }
      }
    } catch (CharacterCodingException e) {
      throw new FormatException(
          "%s: not text in UTF-8 after line %d; expected %s"
              .formatted(name, lines.size(), limit.what),
          e);
    }
    if (!line.isEmpty()) {
      lines.add(withoutReturn(line));
    }
    return lines;
  }

  private static void require(
      boolean holds, String name, TextLimit limit, List<String> lines, String problem) {
    if (!holds) {
      throw new FormatException(
          "%s: line %d %s of %s: the limits are %,d lines of %,d characters, together %,d"
              .formatted(
                  name,
                  lines.size() + 1,
                  problem,
                  limit.what,
                  limit.lines,
                  limit.lineLength,
                  limit.characters));
    }
  }

  private static String withoutReturn(StringBuilder line) {
    int end = line.length();
    return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
  }
}
