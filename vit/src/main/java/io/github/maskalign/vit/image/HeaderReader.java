package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.io.AbsentContent;
import io.github.maskalign.vit.image.format.BmpFile;
import io.github.maskalign.vit.image.format.GifFrame;
import io.github.maskalign.vit.image.format.PngFile;
import io.github.maskalign.vit.image.format.WebpFile;
import io.github.maskalign.vit.image.jpeg.JpegHeader;
import io.github.maskalign.vit.image.metadata.Metadata;
import java.io.IOException;

/**
 * Reads the structure of image files. Rejects headers with more pixels than the rest of the file
 * can encode, so that a small file cannot make the decoder allocate much memory.
 */
final class HeaderReader {

  // Deflate expands a byte to at most 1032 (zlib, "Maximum compression factor"), LZW of 12 bits to
  // less than 4096. A JPEG block of 64 values takes at least one bit, and 32 x 32 pixels have at
  // least nine blocks.
  private static final int DEFLATE = 1032;
  private static final int LZW = 4096;
  private static final int DCT = 1024;

  private HeaderReader() {}

  /**
   * Reads the structure of a file.
   *
   * @throws IOException with a reason that follows the file's name
   */
  static ParsedFile read(byte[] file) throws IOException {
    PictureFormat format = PictureFormat.of(file);
    if (format == null) {
      throw new IOException(
          file.length == 0
              ? "is empty"
              : AbsentContent.substitute(file).orElse("is not a JPEG, PNG, GIF, BMP or WebP file"));
    }
    try {
      return switch (format) {
        case JPEG -> {
          JpegHeader jpeg = JpegHeader.read(file);
          yield new ParsedFile.Jpeg(
              header(format, jpeg.width(), jpeg.height(), orientation(jpeg), DCT, file), jpeg);
        }
        case PNG -> {
          PngFile png = PngFile.read(file);
          int most = DEFLATE * Byte.SIZE;
          yield new ParsedFile.Png(
              header(format, png.width(), png.height(), png.orientation(), most, file), png);
        }
        case GIF -> {
          GifFrame gif = GifFrame.read(file);
          yield new ParsedFile.Gif(
              header(format, gif.screenWidth(), gif.screenHeight(), 1, LZW, file), gif);
        }
        case BMP -> {
          BmpFile bmp = BmpFile.read(file);
          var header = new PictureHeader(format, bmp.width(), bmp.height(), Orientation.UPRIGHT);
          yield new ParsedFile.Bmp(checked(header, bmp.maxPixels(), file), bmp);
        }
        case WEBP -> {
          WebpFile webp = WebpFile.read(file);
          Orientation orientation = Orientation.ofExif(webp.orientation());
          var header = new PictureHeader(format, webp.width(), webp.height(), orientation);
          // WebP encodes an image of one color in a few bytes at any size.
          yield new ParsedFile.Webp(checked(header, Long.MAX_VALUE, file), webp);
        }
      };
    } catch (RuntimeException e) {
      // Most often of a buffer that ends.
      throw new IOException("is truncated or has a damaged header", e);
    }
  }

  private static int orientation(JpegHeader jpeg) {
    Metadata metadata = new Metadata();
    jpeg.metadata().forEach(metadata::addSegment);
    return metadata.orientation();
  }

  private static PictureHeader header(
      PictureFormat format, int width, int height, int orientation, long most, byte[] file)
      throws IOException {
    var header = new PictureHeader(format, width, height, Orientation.ofExif(orientation));
    return checked(header, most * file.length, file);
  }

  private static PictureHeader checked(PictureHeader header, long most, byte[] file)
      throws IOException {
    if (header.width() < 1 || header.height() < 1) {
      throw new IOException("has no pixels: " + header);
    }
    if (header.pixels() > most) {
      throw new IOException(
          "claims to be a %s, more than its %d bytes can encode".formatted(header, file.length));
    }
    return header;
  }
}
