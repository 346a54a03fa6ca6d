package io.github.maskalign.data.file;

import io.github.maskalign.tensor.io.RegularFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads parts of files. */
public final class FileBytes {
  /** Java copies what it reads through native memory of this size, which each thread keeps. */
  private static final int CHUNK = 1 << 17;

  private FileBytes() {}

  /**
   * Reads a whole file.
   *
   * @throws IOException if it has more than {@code max} bytes
   */
  public static byte[] read(Path file, int max) throws IOException {
    long size = RegularFiles.require(file).size();
    if (size > max) {
      throw new IOException("%,d bytes are too many for an image".formatted(size));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, (int) size);
    }
  }

  /**
   * Reads {@code size} bytes from {@code offset} on.
   *
   * @throws EOFException if the file is shorter
   */
  public static byte[] read(Path file, long offset, int size) throws IOException {
    try (InputStream in = RegularFiles.newInputStream(file)) {
      in.skipNBytes(offset);
      return read(in, size);
    }
  }

  private static byte[] read(InputStream in, int size) throws IOException {
    byte[] content = new byte[size];
    int done = 0;
    while (done < size) {
      int read = in.read(content, done, Math.min(size - done, CHUNK));
      if (read < 0) {
        throw new EOFException();
      }
      done += read;
    }
    return content;
  }
}
