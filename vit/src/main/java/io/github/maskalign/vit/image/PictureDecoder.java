package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.io.RegularFiles;
import io.github.maskalign.vit.image.foreign.LibWebp;
import io.github.maskalign.vit.image.foreign.TurboJpeg;
import io.github.maskalign.vit.image.foreign.UnavailableException;
import io.github.maskalign.vit.image.format.WebpFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Decodes image files to {@link Picture}s: JPEG (gray, color, CMYK), PNG, GIF, BMP and WebP,
 * recognized by their content. Pixels are the stored values, as in Pillow's {@code convert("RGB")}:
 * alpha is dropped and color profiles are not applied. Rejects truncated and damaged files and,
 * before allocating memory, files whose header has more pixels than are allowed or than the file
 * can encode. Thread-safe; the images that its threads decode at once share three quarters of
 * Java's memory, so use one decoder for all of them.
 *
 * @since 0.1.0
 */
public final class PictureDecoder {

  /** The longest array that Java allocates. */
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private static final String CLIPS =
      "Gray images of 16 bits: values above 255 become white, as in Pillow; convert them to 8 bits";

  private final Options options;
  private final JpegDecoder jpeg;
  private final WebpDecoder webp;
  private final String explanation;
  private final ImageIoDecoder others = new ImageIoDecoder();
  private final AtomicBoolean clips = new AtomicBoolean();
  private final DecodingMemory memory = new DecodingMemory(Runtime.getRuntime().maxMemory());

  /** JPEG libraries. */
  public enum JpegLibrary {
    /** libjpeg-turbo if available, else javax.imageio. */
    AUTO,
    /** The TurboJPEG library of libjpeg-turbo, if installed. */
    TURBO,
    /** Java's decoder. */
    IMAGEIO
  }

  /** WebP libraries. */
  public enum WebpLibrary {
    /** libwebp if available, else TwelveMonkeys. */
    AUTO,
    /** The reference implementation, if installed. */
    LIBWEBP,
    /** A decoder in Java, exact for the lossless coding and approximate for the lossy one. */
    TWELVEMONKEYS
  }

  /**
   * Options of decoding.
   *
   * @param gray whether to convert to gray instead of RGB
   * @param upright whether to apply the EXIF orientation, which the official programs do not
   * @param maxPixels maximum number of pixels of an image
   * @param jpeg the JPEG library
   * @param webp the WebP library
   * @param notice receives a line when the first image is decoded approximately, unless the library
   *     that does so was requested, and one with the first samples of 16 bits that Pillow would
   *     clip; called by the decoding thread
   */
  public record Options(
      boolean gray,
      boolean upright,
      long maxPixels,
      JpegLibrary jpeg,
      WebpLibrary webp,
      Consumer<String> notice) {

    /** About the limit at which Pillow warns of a "decompression bomb". */
    public static final long MAX_PIXELS = 100_000_000;

    /** Checks the limit. */
    public Options {
      if (maxPixels < 1 || maxPixels > Integer.MAX_VALUE / 4) {
        throw new ArgumentException(
            "image decoder: maxPixels is %d, must be 1 to %d"
                .formatted(maxPixels, Integer.MAX_VALUE / 4));
      }
    }

    /**
     * RGB, upright, at most 100 million pixels, the fastest library available, the notice on
     * standard error.
     */
    public static Options defaults() {
      return new Options(
          false, true, MAX_PIXELS, JpegLibrary.AUTO, WebpLibrary.AUTO, System.err::println);
    }

    /** With conversion to gray or RGB. */
    public Options withGray(boolean wanted) {
      return new Options(wanted, upright, maxPixels, jpeg, webp, notice);
    }

    /** With or without the EXIF orientation. */
    public Options withUpright(boolean wanted) {
      return new Options(gray, wanted, maxPixels, jpeg, webp, notice);
    }

    /** With another limit of pixels. */
    public Options withMaxPixels(long max) {
      return new Options(gray, upright, max, jpeg, webp, notice);
    }

    /** With another JPEG library. */
    public Options withJpeg(JpegLibrary library) {
      return new Options(gray, upright, maxPixels, library, webp, notice);
    }

    /** With another WebP library. */
    public Options withWebp(WebpLibrary library) {
      return new Options(gray, upright, maxPixels, jpeg, library, notice);
    }

    /** With another receiver of the notice. */
    public Options withNotice(Consumer<String> lines) {
      return new Options(gray, upright, maxPixels, jpeg, webp, lines);
    }
  }

  private PictureDecoder(Options options, JpegDecoder jpeg, WebpDecoder webp, String explanation) {
    this.options = options;
    this.jpeg = jpeg;
    this.webp = webp;
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
    Choice<JpegDecoder> jpeg = jpeg(options.jpeg());
    Choice<WebpDecoder> webp = webp(options);
    return new PictureDecoder(
        options, jpeg.decoder, webp.decoder, jpeg.explanation + ", " + webp.explanation);
  }

  private record Choice<T>(T decoder, String explanation) {}

  private static Choice<JpegDecoder> jpeg(JpegLibrary wanted) {
    if (wanted == JpegLibrary.IMAGEIO) {
      return new Choice<>(new ImageIoJpeg(), "JPEG by javax.imageio as requested");
    }
    try {
      TurboJpeg turbo = TurboJpeg.find();
      return new Choice<>(
          new TurboJpegDecoder(turbo), "JPEG by libjpeg-turbo (" + turbo.name() + ")");
    } catch (UnavailableException e) {
      if (wanted == JpegLibrary.TURBO) {
        throw new DeviceException("libjpeg-turbo: " + e.getMessage(), e);
      }
      return new Choice<>(
          new ImageIoJpeg(),
          "JPEG by javax.imageio (libjpeg-turbo would be several times faster, but "
              + e.getMessage()
              + ")");
    }
  }

  private static Choice<WebpDecoder> webp(Options options) {
    String approximate = "WebP by TwelveMonkeys, approximate if lossy";
    if (options.webp() == WebpLibrary.TWELVEMONKEYS) {
      return new Choice<>(new ImageIoWebp(() -> {}), approximate + ", as requested");
    }
    try {
      LibWebp library = LibWebp.find();
      return new Choice<>(new LibWebpDecoder(library), "WebP by libwebp (" + library.name() + ")");
    } catch (UnavailableException e) {
      if (options.webp() == WebpLibrary.LIBWEBP) {
        throw new DeviceException("libwebp: " + e.getMessage(), e);
      }
      String reason = "libwebp would be exact, but " + e.getMessage();
      Runnable notice =
          () -> options.notice().accept("Pixels of lossy WebP images are approximate: " + reason);
      return new Choice<>(new ImageIoWebp(notice), approximate + " (" + reason + ")");
    }
  }

  /** The libraries in use and why, in one line. */
  public String explanation() {
    return explanation;
  }

  /**
   * Decodes a file of at most 2 GB.
   *
   * @throws DamagedPictureException if it cannot be decoded, or is not a regular file
   * @throws OutOfMemoryException if Java or the system has too little memory for it
   * @throws UncheckedIOException if it is missing or cannot be read
   */
  public Picture decode(Path file) {
    return decode(bytes(file), file.toString());
  }

  /**
   * Decodes the content of a file.
   *
   * @param name for messages
   * @throws DamagedPictureException if it cannot be decoded
   * @throws OutOfMemoryException if Java or the system has too little memory for it
   */
  public Picture decode(byte[] file, String name) {
    return decoded(file, name, parsed -> planes(file, parsed));
  }

  /**
   * Decodes a file of at most 2 GB to its samples, upright if the options say so.
   *
   * @throws DamagedPictureException if it cannot be decoded, or is not a regular file
   * @throws OutOfMemoryException if Java or the system has too little memory for it
   * @throws UncheckedIOException if it is missing or cannot be read
   */
  public StoredPicture stored(Path file) {
    return stored(bytes(file), file.toString());
  }

  /**
   * Decodes the content of a file to its samples, upright if the options say so. The alpha of WebP
   * files is dropped.
   *
   * @param name for messages
   * @throws DamagedPictureException if it cannot be decoded
   * @throws OutOfMemoryException if Java or the system has too little memory for it
   */
  public StoredPicture stored(byte[] file, String name) {
    return decoded(file, name, parsed -> samples(file, parsed));
  }

  /** Decodes a file whose structure has been read. */
  @FunctionalInterface
  private interface Decoding<T> {
    T of(ParsedFile parsed) throws IOException;
  }

  private <T> T decoded(byte[] file, String name, Decoding<T> decoding) {
    ParsedFile parsed = parsed(file, name);
    PictureHeader header = parsed.header();
    long needed = DecodingMemory.needed(header, storedBytesPerPixel(parsed), file);
    try {
      return memory.run(header, needed, name, () -> decoding.of(parsed));
    } catch (OutOfMemoryException | LinkageError e) {
      throw e;
    } catch (Exception | Error e) {
      // Readers throw many kinds of exceptions and errors for damaged files.
      throw new DamagedPictureException(name, reason(e), e);
    }
  }

  private int storedBytesPerPixel(ParsedFile parsed) {
    return switch (parsed) {
      case ParsedFile.Jpeg known ->
          known.markers().components() == PixelMode.CMYK.planes()
              ? 2 * PixelMode.CMYK.planes()
              : jpeg.bytesPerPixel();
      case ParsedFile.Webp _ -> webp.bytesPerPixel();
      case ParsedFile.Png png -> png.chunks().bytesPerPixel();
      case ParsedFile.Gif _ -> 1;
      case ParsedFile.Bmp _ -> 4;
    };
  }

  private Picture planes(byte[] file, ParsedFile parsed) throws IOException {
    Picture stored =
        switch (parsed) {
          case ParsedFile.Jpeg known -> jpeg(file, known).planes();
          case ParsedFile.Webp known -> webp(known.chunks());
          case ParsedFile.Png png -> others.decode(png);
          case ParsedFile.Gif gif -> others.decode(file, gif);
          case ParsedFile.Bmp bmp -> others.decode(file, bmp);
        };
    Picture picture = stored.withChannels(options.gray() ? 1 : Picture.RGB);
    return options.upright() ? parsed.header().orientation().apply(picture) : picture;
  }

  private StoredPicture samples(byte[] file, ParsedFile parsed) throws IOException {
    StoredPicture stored =
        switch (parsed) {
          case ParsedFile.Jpeg known -> jpeg(file, known);
          case ParsedFile.Webp known -> StoredPicture.of(webp(known.chunks()));
          case ParsedFile.Png png -> others.stored(png);
          case ParsedFile.Gif gif -> others.stored(file, gif);
          case ParsedFile.Bmp bmp -> others.stored(file, bmp);
        };
    if (stored.mode() == PixelMode.GRAY_16 && !clips.getAndSet(true)) {
      options.notice().accept(CLIPS);
    }
    return options.upright()
        ? stored.with(parsed.header().orientation().apply(stored.samples()))
        : stored;
  }

  private StoredPicture jpeg(byte[] file, ParsedFile.Jpeg known) throws IOException {
    Picture samples = jpeg.decode(file, known.markers());
    return samples.channels() == PixelMode.CMYK.planes()
        ? StoredPicture.of(PixelMode.CMYK, samples)
        : StoredPicture.of(samples);
  }

  /** Around the first image of an animation, the canvas is black, as in Pillow. */
  private Picture webp(WebpFile file) throws IOException {
    WebpFile.Bitstream image = file.image();
    Picture picture = webp.decode(image);
    if (picture.width() != image.width() || picture.height() != image.height()) {
      throw new IOException("does not contain the image that its header announces");
    }
    return picture.width() == file.width() && picture.height() == file.height()
        ? picture
        : picture.within(file.height(), file.width(), file.top(), file.left(), 0);
  }

  /** Our own reasons as they are; of others the first message that says something. */
  static String reason(Throwable failure) {
    if (failure.getClass() == IOException.class) {
      return failure.getMessage();
    }
    Throwable root = failure;
    for (Throwable e = failure; e != null; e = e.getCause()) {
      root = e;
      String said = e.getMessage();
      if (said != null && !said.isBlank() && !said.strip().endsWith(":")) {
        boolean plain = e instanceof IOException;
        return "cannot be decoded: " + (plain ? said : e.getClass().getSimpleName() + ": " + said);
      }
    }
    return root instanceof EOFException
        ? "is truncated"
        : "cannot be decoded: " + root.getClass().getSimpleName();
  }

  /**
   * Reads the header of a file without decoding it.
   *
   * @throws DamagedPictureException if it is not an image or is too large
   * @throws OutOfMemoryException if Java or the system has too little memory for it
   */
  public PictureHeader header(byte[] file, String name) {
    return parsed(file, name).header();
  }

  private ParsedFile parsed(byte[] file, String name) {
    try {
      ParsedFile parsed = HeaderReader.read(file);
      PictureHeader header = parsed.header();
      if (header.pixels() > options.maxPixels()) {
        throw new IOException(
            "is a %s; the limit is %d pixels".formatted(header, options.maxPixels()));
      }
      return parsed;
    } catch (IOException e) {
      throw new DamagedPictureException(name, reason(e), e);
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.ofJava(name + ": reading its header", e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      String kind = RegularFiles.kind(file);
      if (!kind.equals("file")) {
        throw new DamagedPictureException(
            file.toString(), "is a %s, not a file".formatted(kind), null);
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new DamagedPictureException(file.toString(), "is larger than 2 GB", null);
      }
      try (InputStream in = RegularFiles.newInputStream(file)) {
        return in.readNBytes(MAX_BYTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.ofJava(file + ": reading it", file.toFile().length(), e);
    }
  }
}
