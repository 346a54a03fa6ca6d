package io.github.maskalign.data.sets;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.FileNames;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a text that contains file names, each of bounded length. */
final class TextLines {
  private static final int MAX_BYTES = 1 << 16;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final BufferedInputStream in;
  private final String name;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int number;
  private int terminator;

  /** Reads a stream; {@code name} is used in error messages. */
  TextLines(InputStream in, String name) {
    this.in = new BufferedInputStream(in);
    this.name = name;
  }

  /** The number of the line that was returned last, from 1. */
  int number() {
    return number;
  }

  /**
   * The next line, without its end and blanks around it; null after the last one.
   *
   * @throws FormatException if the stream is not text
   */
  @Nullable String next() throws IOException {
    line.reset();
    number++;
    int b = in.read();
    if (b == '\n' && terminator == '\r') {
      b = in.read();
    }
    if (b < 0) {
      return null;
    }
    while (b >= 0 && b != '\n' && b != '\r') {
      add(b);
      b = in.read();
    }
    terminator = b;
    return FileNames.text(line.toByteArray()).strip();
  }

  private void add(int b) {
    if (b == 0) {
      throw new FormatException(
          "%s, line %d: contains a zero byte; expected text in UTF-8".formatted(name, number));
    }
    if (line.size() == MAX_BYTES) {
      throw new FormatException(
          "%s, line %d: longer than %,d bytes; expected one image per line"
              .formatted(name, number, MAX_BYTES));
    }
    line.write(b);
    // Some editors write it at the start of a file.
    if (number == 1
        && line.size() == BYTE_ORDER_MARK.length
        && Arrays.equals(line.toByteArray(), BYTE_ORDER_MARK)) {
      line.reset();
    }
  }
}
