package io.github.maskalign.vit.image.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The header of a Windows or OS/2 bitmap.
 *
 * @param width columns
 * @param height rows
 * @param bits per pixel
 * @param runs whether the pixels are coded as runs
 * @param offset of the pixels
 * @param maxPixels number of pixels that the rest of the file can encode
 */
public record BmpFile(int width, int height, int bits, boolean runs, int offset, long maxPixels) {

  private static final int OLD_HEADER = 12;
  private static final int HEADER = 40;
  private static final int INFO = 14;
  private static final int FILE_SIZE = 2;
  private static final int OFFSET = 10;
  private static final int COMPRESSION = 30;
  private static final int IMAGE_SIZE = 34;
  private static final int COLORS = 46;
  private static final int MASKS = 54;

  private static final int RGB = 0;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int BIT_FIELDS = 3;

  private static final byte[] END_OF_RUNS = {0, 1};

  /** A run of two bytes has at most 255 pixels. */
  private static final int LONGEST_RUN = 255;

  /**
   * Reads and checks the header.
   *
   * @throws IOException with a reason that follows the file's name
   */
  public static BmpFile read(byte[] bytes) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int header = file.getInt(INFO);
    boolean old = header == OLD_HEADER;
    int width = old ? file.getShort(18) & 0xffff : file.getInt(18);
    int height = Math.abs(old ? file.getShort(20) & 0xffff : file.getInt(22));
    int bits = file.getShort(old ? 24 : 28);
    int compression = old ? RGB : file.getInt(COMPRESSION);
    int offset = file.getInt(OFFSET);
    if (header != OLD_HEADER && header < HEADER) {
      throw new IOException("has an unknown header of %d bytes".formatted(header));
    }
    if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
      throw new IOException("has %d bits per pixel".formatted(bits));
    }
    boolean allowed =
        switch (compression) {
          case RGB -> true;
          case RLE8 -> bits == 8;
          case RLE4 -> bits == 4;
          case BIT_FIELDS -> bits == 16 || bits == 32;
          // JPEG and PNG within a bitmap are for printers.
          default -> false;
        };
    if (!allowed) {
      throw new IOException(
          "has an unsupported compression (%d of %d bits)".formatted(compression, bits));
    }
    for (int i = 0; i < 3 && compression == BIT_FIELDS; i++) {
      if (file.getInt(MASKS + 4 * i) == 0) {
        throw new IOException("has a color mask of zero");
      }
    }
    if (!old && Integer.compareUnsigned(file.getInt(COLORS), 1 << 16) > 0) {
      throw new IOException("has a palette of too many colors");
    }
    if (offset < INFO + header || offset > bytes.length) {
      throw new IOException("is truncated or has a damaged header");
    }
    long rest = bytes.length - offset;
    boolean runs = compression == RLE8 || compression == RLE4;
    long pixels = runs ? LONGEST_RUN * rest : (rest + 3) * Byte.SIZE / bits;
    return new BmpFile(width, height, bits, runs, offset, pixels);
  }

  /**
   * The file with its sizes as they are, which the reader would trust, and with the end of the
   * runs, which it needs.
   *
   * @throws IOException if runs end early
   */
  public byte[] corrected(byte[] bytes) throws IOException {
    byte[] copy = Arrays.copyOf(bytes, runs ? bytes.length + END_OF_RUNS.length : bytes.length);
    if (runs) {
      RunsCheck.check(bytes, offset, bits, width, height);
      System.arraycopy(END_OF_RUNS, 0, copy, bytes.length, END_OF_RUNS.length);
    }
    ByteBuffer file = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(FILE_SIZE, copy.length);
    if (file.getInt(INFO) != OLD_HEADER) {
      file.putInt(IMAGE_SIZE, copy.length - offset);
    }
    return copy;
  }
}
