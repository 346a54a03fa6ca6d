package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Picture files -> {@link Picture}s: JPEG (gray, color, CMYK), PNG, GIF, BMP and WebP, told apart
 * by their content. Pixels are the stored ones, as Pillow's {@code convert("RGB")} gives them:
 * alpha is dropped, and color profiles do not apply. A file that is cut off or damaged is refused,
 * and so is one whose header asks for more pixels than are allowed, or than its bytes can hold,
 * before memory is taken for them. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class PictureDecoder {

  private final Options options;
  private final JpegDecoder jpeg;
  private final String explanation;
  private final PlainDecoder others = new PlainDecoder();

  /** Which library decodes JPEG. */
  public enum JpegLibrary {
    /** libjpeg-turbo if it is there, else javax.imageio. */
    AUTO,
    /** libjpeg-turbo's TurboJPEG library, which a system may have. */
    TURBO,
    /** What comes with Java. */
    IMAGEIO
  }

  /**
   * What may be chosen.
   *
   * @param gray one plane of luma instead of red, green and blue
   * @param upright turn pictures as EXIF asks for, which the official programs do not
   * @param maxPixels largest picture that is decoded
   * @param jpeg which library decodes JPEG
   */
  public record Options(boolean gray, boolean upright, long maxPixels, JpegLibrary jpeg) {

    /** About what Pillow warns of as a "decompression bomb". */
    public static final long MAX_PIXELS = 100_000_000;

    /** Refuses a limit that lets nothing through, or more than an array can hold. */
    public Options {
      if (maxPixels < 1 || maxPixels > Integer.MAX_VALUE / 4) {
        throw new IllegalArgumentException(
            "pictures of at most %d pixels: must be 1 to %d"
                .formatted(maxPixels, Integer.MAX_VALUE / 4));
      }
    }

    /** Color, upright, at most a hundred million pixels, the fastest library there is. */
    public static Options defaults() {
      return new Options(false, true, MAX_PIXELS, JpegLibrary.AUTO);
    }

    /** The same with one plane of luma, or three of colors. */
    public Options withGray(boolean wanted) {
      return new Options(wanted, upright, maxPixels, jpeg);
    }

    /** The same with pictures as they are stored, or upright. */
    public Options withUpright(boolean wanted) {
      return new Options(gray, wanted, maxPixels, jpeg);
    }

    /** The same with another limit. */
    public Options withMaxPixels(long max) {
      return new Options(gray, upright, max, jpeg);
    }

    /** The same with another library for JPEG. */
    public Options withJpeg(JpegLibrary library) {
      return new Options(gray, upright, maxPixels, library);
    }
  }

  private PictureDecoder(Options options, JpegDecoder jpeg, String explanation) {
    this.options = options;
    this.jpeg = jpeg;
    this.explanation = explanation;
  }

  /** A decoder with the default options. */
  public static PictureDecoder open() {
    return open(Options.defaults());
  }

  /**
   * A decoder; the libraries are looked for once, here.
   *
   * @throws DeviceException if a library is demanded that is not there
   */
  public static PictureDecoder open(Options options) {
    if (options.jpeg() == JpegLibrary.IMAGEIO) {
      return new PictureDecoder(options, new ImageIoJpeg(), "JPEG by javax.imageio, as asked for");
    }
    try {
      TurboJpeg turbo = TurboJpeg.find();
      return new PictureDecoder(options, turbo, "JPEG by " + turbo.description());
    } catch (TurboJpeg.UnavailableException e) {
      if (options.jpeg() == JpegLibrary.TURBO) {
        throw new DeviceException("libjpeg-turbo: " + e.getMessage(), e);
      }
      String line = "JPEG by javax.imageio; libjpeg-turbo would be several times faster, but ";
      return new PictureDecoder(options, new ImageIoJpeg(), line + e.getMessage());
    }
  }

  /** Which library decodes JPEG and why, in one line. */
  public String explanation() {
    return explanation;
  }

  /**
   * Decodes a file.
   *
   * @throws DamagedPictureException if it cannot be read or decoded
   */
  public Picture decode(Path file) {
    return decode(bytes(file), file.toString());
  }

  /**
   * Decodes the content of a file.
   *
   * @param name for messages
   * @throws DamagedPictureException if it cannot be decoded
   */
  public Picture decode(byte[] file, String name) {
    PictureHeader header = header(file, name);
    try {
      Picture stored =
          header.format() == PictureFormat.JPEG
              ? jpeg.decode(file, JpegHeader.read(file))
              : others.decode(file, header);
      Picture picture = options.gray() ? stored.gray() : stored.rgb();
      return options.upright() ? header.orientation().apply(picture) : picture;
    } catch (IOException e) {
      throw new DamagedPictureException(name, e.getMessage(), e);
    }
  }

  /**
   * What a file says of itself, without decoding it.
   *
   * @throws DamagedPictureException if it is no picture or is too large
   */
  public PictureHeader header(byte[] file, String name) {
    try {
      PictureHeader header = Headers.read(file);
      if (header.pixels() > options.maxPixels()) {
        throw new IOException(
            "is a %s; more than %d pixels are not decoded".formatted(header, options.maxPixels()));
      }
      return header;
    } catch (IOException e) {
      throw new DamagedPictureException(name, e.getMessage(), e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new DamagedPictureException(file.toString(), "is missing", e);
    } catch (IOException e) {
      throw new DamagedPictureException(file.toString(), "cannot be read: " + e.getMessage(), e);
    }
  }
}
