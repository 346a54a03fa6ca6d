package io.github.maskalign.vit.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The chunks of a WebP file (RFC 9649) that state its size, checked against each other. */
final class WebpHeader {

  private static final int CHUNKS = 12;
  private static final int MASK14 = 0x3fff;
  private static final int MASK24 = 0xffffff;
  private static final int FRAME_HEADER = 16;

  private WebpHeader() {}

  static PictureHeader read(byte[] bytes) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (Integer.toUnsignedLong(file.getInt(4)) > bytes.length - 8) {
      throw new IOException("is truncated");
    }
    PictureHeader coded = coded(file, CHUNKS);
    ByteBuffer extended = chunk(file, CHUNKS, "VP8X");
    if (extended == null) {
      if (coded == null) {
        throw new IOException("contains no image");
      }
      return coded;
    }
    int width = (extended.getInt(4) & MASK24) + 1;
    int height = (extended.getInt(6) >>> 8) + 1;
    if (coded == null) {
      ByteBuffer frame = chunk(file, CHUNKS, "ANMF");
      coded = frame == null ? null : coded(frame, FRAME_HEADER);
    }
    if (coded == null || coded.width() != width || coded.height() != height) {
      throw new IOException(
          "announces %d x %d pixels, its first image is %s"
              .formatted(width, height, coded == null ? "missing" : coded));
    }
    ByteBuffer exif = chunk(file, CHUNKS, "EXIF");
    Orientation orientation = exif == null ? Orientation.UPRIGHT : Orientation.ofExif(exif);
    return new PictureHeader(PictureFormat.WEBP, width, height, orientation);
  }

  private static @Nullable PictureHeader coded(ByteBuffer within, int from) {
    ByteBuffer lossy = chunk(within, from, "VP8 ");
    if (lossy != null) {
      return header(lossy.getShort(6) & MASK14, lossy.getShort(8) & MASK14);
    }
    ByteBuffer lossless = chunk(within, from, "VP8L");
    if (lossless != null) {
      int sizes = lossless.getInt(1);
      return header((sizes & MASK14) + 1, (sizes >>> 14 & MASK14) + 1);
    }
    return null;
  }

  private static PictureHeader header(int width, int height) {
    return new PictureHeader(PictureFormat.WEBP, width, height, Orientation.UPRIGHT);
  }

  private static @Nullable ByteBuffer chunk(ByteBuffer within, int from, String type) {
    return HeaderReader.chunk(within, from, 0, 4, 8, type, 0);
  }
}
