package io.github.maskalign.data.file;

import io.github.maskalign.tensor.io.RegularFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Reads parts of files. */
public final class FileBytes {
  /** Java copies what it reads through native memory of this size, which each thread keeps. */
  private static final int CHUNK = 1 << 17;

  private FileBytes() {}

  /**
   * Reads {@code size} bytes from {@code offset} on.
   *
   * @throws EOFException if the file is shorter
   */
  public static byte[] read(Path file, long offset, int size) throws IOException {
    try (InputStream in = RegularFiles.newInputStream(file)) {
      in.skipNBytes(offset);
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
}
