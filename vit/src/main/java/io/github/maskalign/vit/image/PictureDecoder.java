package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Decodes image files to {@link Picture}s: JPEG (gray, color, CMYK), PNG, GIF, BMP and WebP,
 * recognized by their content. Pixels are the stored values, as in Pillow's {@code convert("RGB")}:
 * alpha is dropped and color profiles are not applied. Rejects truncated and damaged files and,
 * before allocating memory, files whose header has more pixels than are allowed or than the file
 * can encode. Thread-safe.
 *
 * @since 0.1.0
 */
public final class PictureDecoder {

  private final Options options;
  private final JpegDecoder jpeg;
  private final String explanation;
  private final ImageIoDecoder others = new ImageIoDecoder();

  /** JPEG libraries. */
  public enum JpegLibrary {
    /** libjpeg-turbo if available, else javax.imageio. */
    AUTO,
    /** The TurboJPEG library of libjpeg-turbo, if installed. */
    TURBO,
    /** Java's decoder. */
    IMAGEIO
  }

  /**
   * Options of decoding.
   *
   * @param gray whether to convert to gray instead of RGB
   * @param upright whether to apply the EXIF orientation, which the official programs do not
   * @param maxPixels maximum number of pixels of an image
   * @param jpeg the JPEG library
   */
  public record Options(boolean gray, boolean upright, long maxPixels, JpegLibrary jpeg) {

    /** About the limit at which Pillow warns of a "decompression bomb". */
    public static final long MAX_PIXELS = 100_000_000;

    /** Checks the limit. */
    public Options {
      if (maxPixels < 1 || maxPixels > Integer.MAX_VALUE / 4) {
        throw new ArgumentException(
            "picture decoder: maxPixels is %d, must be 1 to %d"
                .formatted(maxPixels, Integer.MAX_VALUE / 4));
      }
    }

    /** RGB, upright, at most 100 million pixels, the fastest library available. */
    public static Options defaults() {
      return new Options(false, true, MAX_PIXELS, JpegLibrary.AUTO);
    }

    /** With conversion to gray or RGB. */
    public Options withGray(boolean wanted) {
      return new Options(wanted, upright, maxPixels, jpeg);
    }

    /** With or without the EXIF orientation. */
    public Options withUpright(boolean wanted) {
      return new Options(gray, wanted, maxPixels, jpeg);
    }

    /** With another limit of pixels. */
    public Options withMaxPixels(long max) {
      return new Options(gray, upright, max, jpeg);
    }

    /** With another JPEG library. */
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
   * Opens a decoder and looks up its library.
   *
   * @throws DeviceException if the requested library is not available
   */
  public static PictureDecoder open(Options options) {
    if (options.jpeg() == JpegLibrary.IMAGEIO) {
      return new PictureDecoder(options, new ImageIoJpeg(), "JPEG by javax.imageio, as requested");
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

  /** The JPEG library in use and why, in one line. */
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
      Picture picture = stored.withChannels(options.gray() ? 1 : Picture.RGB);
      return options.upright() ? header.orientation().apply(picture) : picture;
    } catch (IOException e) {
      throw new DamagedPictureException(name, e.getMessage(), e);
    }
  }

  /**
   * Reads the header of a file without decoding it.
   *
   * @throws DamagedPictureException if it is not an image or is too large
   */
  public PictureHeader header(byte[] file, String name) {
    try {
      PictureHeader header = HeaderReader.read(file);
      if (header.pixels() > options.maxPixels()) {
        throw new IOException(
            "is a %s; the limit is %d pixels".formatted(header, options.maxPixels()));
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
