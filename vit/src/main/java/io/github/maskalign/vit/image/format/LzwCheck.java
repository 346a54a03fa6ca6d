package io.github.maskalign.vit.image.format;

import java.io.IOException;

/**
 * Checks the LZW codes of a GIF image (GIF89a specification, appendix F) without decoding them:
 * Java's reader leaves the rest of the image black where they are damaged or end early.
 */
final class LzwCheck {
  private static final int MAX_BITS = 12;
  private static final int MAX_CODES = 1 << MAX_BITS;

  private final byte[] file;
  private int at;
  private int blockEnd;
  private long bits;
  private int bitCount;

  private LzwCheck(byte[] file, int at) {
    this.file = file;
    this.at = at;
    this.blockEnd = at;
  }

  /**
   * Checks that the codes give all pixels.
   *
   * @param at index of the code size, which the blocks of codes follow
   * @throws IOException with a reason that follows the file's name
   */
  static void check(byte[] file, int at, long pixels) throws IOException {
    int literalBits = file[at];
    if (literalBits < 1 || literalBits >= MAX_BITS) {
      throw new IOException("has an invalid code size of %d bits".formatted(literalBits));
    }
    new LzwCheck(file, at + 1).check(literalBits, pixels);
  }

  private void check(int literalBits, long pixels) throws IOException {
    int clear = 1 << literalBits;
    int end = clear + 1;
    int[] lengths = new int[MAX_CODES];
    int next = end + 1;
    int size = literalBits + 1;
    int before = 0;
    long count = 0;
    while (count < pixels) {
      int code = read(size);
      if (code == end) {
        throw new IOException("is truncated: it has %d of %d pixels".formatted(count, pixels));
      }
      if (code == clear) {
        next = end + 1;
        size = literalBits + 1;
        before = 0;
        continue;
      }
      boolean known = code < clear || code < next && before > 0;
      boolean repeats = code == next && before > 0 && next < MAX_CODES;
      if (!known && !repeats) {
        throw new IOException("has damaged pixels");
      }
      int length = code < clear ? 1 : repeats ? before + 1 : lengths[code];
      if (before > 0 && next < MAX_CODES) {
        lengths[next++] = before + 1;
        if (next == 1 << size && size < MAX_BITS) {
          size++;
        }
      }
      count += length;
      before = length;
    }
  }

  private int read(int size) throws IOException {
    while (bitCount < size) {
      bits |= (long) nextByte() << bitCount;
      bitCount += Byte.SIZE;
    }
    int code = (int) bits & (1 << size) - 1;
    bits >>>= size;
    bitCount -= size;
    return code;
  }

  private int nextByte() throws IOException {
    if (at == blockEnd) {
      int length = at < file.length ? file[at] & 0xff : 0;
      if (length == 0 || length > file.length - at - 1) {
        throw new IOException("is truncated");
      }
      at++;
      blockEnd = at + length;
    }
    return file[at++] & 0xff;
  }
}
