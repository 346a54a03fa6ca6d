package io.github.maskalign.vit.image;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of image files. Rejects headers with more pixels than the rest of the file can
 * encode, so that a small file cannot make the decoder allocate much memory.
 */
final class HeaderReader {

  // Deflate expands a byte to at most 1032 (zlib, "Maximum compression factor"), LZW of 12 bits to
  // less than 4096, run lengths to less than 256. A JPEG block of 64 values takes at least one bit,
  // and 32 x 32 pixels have at least nine blocks.
  private static final int DEFLATE = 1032;
  private static final int LZW = 4096;
  private static final int RUNS = 256;
  private static final int DCT = 1024;

  private HeaderReader() {}

  /**
   * Reads the header of a file.
   *
   * @throws IOException with a reason that follows the file's name
   */
  static PictureHeader read(byte[] file) throws IOException {
    PictureFormat format = PictureFormat.of(file);
    if (format == null) {
      throw new IOException(
          file.length == 0 ? "is empty" : "is not a JPEG, PNG, GIF, BMP or WebP file");
    }
    try {
      PictureHeader header =
          switch (format) {
            case JPEG -> JpegHeader.read(file).picture();
            case PNG -> png(ByteBuffer.wrap(file));
            case GIF -> GifFrame.read(file).header();
            case BMP -> bmp(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
            case WEBP -> WebpHeader.read(file);
          };
      return checked(header, file.length);
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("is truncated or has a damaged header", e);
    }
  }

  private static PictureHeader checked(PictureHeader header, long bytes) throws IOException {
    if (header.width() < 1 || header.height() < 1) {
      throw new IOException("has no pixels: " + header);
    }
    long max =
        switch (header.format()) {
          case JPEG -> DCT * bytes;
          case PNG -> DEFLATE * Byte.SIZE * bytes;
          case GIF -> LZW * bytes;
          case BMP -> RUNS * bytes;
          // WebP encodes an image of one color in a few bytes at any size.
          case WEBP -> Long.MAX_VALUE;
        };
    if (header.pixels() > max) {
      throw new IOException(
          "claims to be a %s, more than its %d bytes can encode".formatted(header, bytes));
    }
    return header;
  }

  /** Chunks of length, type, data and checksum; the first one is IHDR. */
  private static PictureHeader png(ByteBuffer file) throws IOException {
    if (file.getInt(12) != fourLetters("IHDR", ByteOrder.BIG_ENDIAN)) {
      throw new IOException("is a PNG file without IHDR chunk");
    }
    if (pngChunk(file, "IEND") == null) {
      throw new IOException("is truncated");
    }
    ByteBuffer exif = pngChunk(file, "eXIf");
    Orientation orientation = exif == null ? Orientation.UPRIGHT : Orientation.ofExif(exif);
    return new PictureHeader(PictureFormat.PNG, file.getInt(16), file.getInt(20), orientation);
  }

  private static @Nullable ByteBuffer pngChunk(ByteBuffer file, String type) {
    return chunk(file, 8, 4, 0, 8, type, 4);
  }

  private static PictureHeader bmp(ByteBuffer file) {
    boolean old = file.getInt(14) == 12;
    int width = old ? file.getShort(18) & 0xffff : file.getInt(18);
    int height = old ? file.getShort(20) & 0xffff : file.getInt(22);
    return new PictureHeader(PictureFormat.BMP, width, Math.abs(height), Orientation.UPRIGHT);
  }

  /**
   * Finds a chunk of PNG or RIFF.
   *
   * @param type offset of the type from the start of a chunk
   * @param length offset of the length
   * @param data offset of the data
   * @param tail bytes after the data
   * @return the available data, or null
   */
  static @Nullable ByteBuffer chunk(
      ByteBuffer file, int from, int type, int length, int data, String wanted, int tail) {
    int letters = fourLetters(wanted, file.order());
    long at = from;
    while (at >= 0 && at <= file.limit() - data) {
      long size = file.getInt((int) at + length) & 0xffffffffL;
      if (file.getInt((int) at + type) == letters) {
        int start = (int) at + data;
        return file.slice(start, (int) Math.min(size, file.limit() - start)).order(file.order());
      }
      // RIFF pads chunks to an even number of bytes.
      at += data + size + tail + (tail == 0 ? size & 1 : 0);
    }
    return null;
  }

  static int fourLetters(String letters, ByteOrder order) {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(order);
    for (int i = 0; i < 4; i++) {
      bytes.put(i, (byte) letters.charAt(i));
    }
    return bytes.getInt(0);
  }
}
