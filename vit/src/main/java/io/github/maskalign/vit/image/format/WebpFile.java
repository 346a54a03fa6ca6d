package io.github.maskalign.vit.image.format;

import io.github.maskalign.vit.image.metadata.Metadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The first image of a WebP file (RFC 9649).
 *
 * @param width columns of the canvas
 * @param height rows of the canvas
 * @param left column of the image
 * @param top row of the image
 * @param image its bitstream
 * @param orientation of the canvas, 1 to 8
 */
public record WebpFile(int width, int height, int left, int top, Bitstream image, int orientation) {

  private static final int CHUNKS = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int MASK14 = 0x3fff;
  private static final int MASK24 = 0xffffff;
  private static final int EXTENDED = 10;
  private static final int FRAME_HEADER = 16;
  private static final int XMP_FLAG = 4;
  private static final int EXIF_FLAG = 8;

  /**
   * A bitstream without alpha, which is in another chunk or dropped.
   *
   * @param lossless the coding
   * @param data VP8 or VP8L
   */
  public record Bitstream(boolean lossless, int width, int height, ByteBuffer data) {

    /** As a file. */
    public byte[] file() {
      int padded = data.remaining() + (data.remaining() & 1);
      return ByteBuffer.allocate(CHUNKS + CHUNK_HEADER + padded)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(letters("RIFF"))
          .putInt(4 + CHUNK_HEADER + padded)
          .putInt(letters("WEBP"))
          .putInt(letters(lossless ? "VP8L" : "VP8 "))
          .putInt(data.remaining())
          .put(data.slice())
          .array();
    }
  }

  /**
   * Reads the chunks.
   *
   * @throws IOException with a reason that follows the file's name
   */
  public static WebpFile read(byte[] bytes) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long size = Integer.toUnsignedLong(file.getInt(4));
    if (size > bytes.length - CHUNK_HEADER) {
      throw truncated();
    }
    ByteBuffer chunks =
        file.slice(CHUNKS, Math.max(0, (int) size - 4)).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer extended = chunk(chunks, "VP8X");
    Bitstream image = bitstream(chunks);
    if (extended == null) {
      if (image == null) {
        throw new IOException("contains no image");
      }
      return new WebpFile(image.width, image.height, 0, 0, image, 1);
    }
    if (extended.remaining() < EXTENDED) {
      throw truncated();
    }
    int width = (extended.getInt(4) & MASK24) + 1;
    int height = (extended.getInt(6) >>> 8) + 1;
    int left = 0;
    int top = 0;
    int frameWidth = width;
    int frameHeight = height;
    ByteBuffer frame = image == null ? chunk(chunks, "ANMF") : null;
    if (frame != null && frame.remaining() > FRAME_HEADER) {
      left = 2 * (frame.getInt(0) & MASK24);
      top = 2 * (frame.getInt(3) & MASK24);
      frameWidth = (frame.getInt(6) & MASK24) + 1;
      frameHeight = (frame.getInt(9) & MASK24) + 1;
      image =
          bitstream(
              frame
                  .slice(FRAME_HEADER, frame.remaining() - FRAME_HEADER)
                  .order(ByteOrder.LITTLE_ENDIAN));
    }
    if (image == null || image.width != frameWidth || image.height != frameHeight) {
      throw new IOException(
          "announces an image of %d x %d pixels, which is %s"
              .formatted(
                  frameWidth,
                  frameHeight,
                  image == null ? "missing" : image.width + " x " + image.height));
    }
    if (left + frameWidth > width || top + frameHeight > height) {
      throw new IOException(
          "has a first image beyond its canvas of %d x %d pixels".formatted(width, height));
    }
    return new WebpFile(width, height, left, top, image, orientation(chunks, extended.get(0)));
  }

  private static int orientation(ByteBuffer chunks, int flags) throws IOException {
    Metadata metadata = new Metadata();
    ByteBuffer exif = (flags & EXIF_FLAG) == 0 ? null : chunk(chunks, "EXIF");
    if (exif != null) {
      metadata.setExif(exif);
    }
    ByteBuffer xmp = (flags & XMP_FLAG) == 0 ? null : chunk(chunks, "XMP ");
    if (xmp != null) {
      metadata.setXmp(xmp);
    }
    return metadata.orientation();
  }

  private static @Nullable Bitstream bitstream(ByteBuffer chunks) throws IOException {
    ByteBuffer lossy = chunk(chunks, "VP8 ");
    if (lossy != null) {
      return new Bitstream(false, lossy.getShort(6) & MASK14, lossy.getShort(8) & MASK14, lossy);
    }
    ByteBuffer lossless = chunk(chunks, "VP8L");
    if (lossless != null) {
      int sizes = lossless.getInt(1);
      return new Bitstream(true, (sizes & MASK14) + 1, (sizes >>> 14 & MASK14) + 1, lossless);
    }
    return null;
  }

  /** The data of the first chunk of a type, or null. */
  private static @Nullable ByteBuffer chunk(ByteBuffer chunks, String type) throws IOException {
    long at = 0;
    while (at <= chunks.limit() - CHUNK_HEADER) {
      long size = chunks.getInt((int) at + 4) & 0xffffffffL;
      if (chunks.getInt((int) at) == letters(type)) {
        if (size > chunks.limit() - at - CHUNK_HEADER) {
          throw truncated();
        }
        return chunks.slice((int) at + CHUNK_HEADER, (int) size).order(ByteOrder.LITTLE_ENDIAN);
      }
      at += CHUNK_HEADER + size + (size & 1);
    }
    return null;
  }

  private static int letters(String type) {
    return type.charAt(0) | type.charAt(1) << 8 | type.charAt(2) << 16 | type.charAt(3) << 24;
  }

  private static IOException truncated() {
    return new IOException("is truncated");
  }
}
