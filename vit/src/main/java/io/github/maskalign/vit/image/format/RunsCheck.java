package io.github.maskalign.vit.image.format;

import java.io.IOException;

/**
 * Checks the run lengths of a bitmap without decoding them: Java's reader leaves the rest of the
 * image black where they end early.
 */
final class RunsCheck {
  private static final int END_OF_ROW = 0;
  private static final int END = 1;
  private static final int MOVE = 2;

  private RunsCheck() {}

  /**
   * Checks that the runs give all pixels.
   *
   * @param bits per pixel, 4 or 8
   * @throws IOException with a reason that follows the file's name
   */
  static void check(byte[] file, int offset, int bits, long width, long height) throws IOException {
    int at = offset;
    long x = 0;
    long y = 0;
    while (y * width + x < width * height) {
      if (at + 1 >= file.length) {
        throw new IOException("is truncated");
      }
      int count = file[at] & 0xff;
      int value = file[at + 1] & 0xff;
      at += 2;
      if (count > 0) {
        x = Math.min(width, x + count);
      } else if (value == END_OF_ROW) {
        x = 0;
        y++;
      } else if (value == END) {
        throw new IOException(
            "is truncated: it has %d of %d pixels".formatted(y * width + x, width * height));
      } else if (value == MOVE) {
        if (at + 1 >= file.length) {
          throw new IOException("is truncated");
        }
        x = Math.min(width, x + (file[at] & 0xff));
        y += file[at + 1] & 0xff;
        at += 2;
      } else {
        int bytes = (value * bits + 7) / 8;
        if (bytes > file.length - at) {
          throw new IOException("is truncated");
        }
        x = Math.min(width, x + value);
        at += bytes + (bytes & 1);
      }
    }
  }
}
