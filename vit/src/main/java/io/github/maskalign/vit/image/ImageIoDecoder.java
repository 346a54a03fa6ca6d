package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.format.GifFrame;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Decodes PNG, GIF and BMP files to gray or color planes, with Java's own javax.imageio readers,
 * regardless of other installed plug-ins.
 */
final class ImageIoDecoder {

  private static final String OWN = "com.sun.imageio.plugins.";

  private final Map<PictureFormat, ImageReaderSpi> providers = new EnumMap<>(PictureFormat.class);

  ImageIoDecoder() {
    for (PictureFormat format : List.of(PictureFormat.PNG, PictureFormat.GIF, PictureFormat.BMP)) {
      providers.put(format, provider(format));
    }
  }

  Picture decode(ParsedFile.Png png) throws IOException {
    return checked(BufferedImages.planes(read(png, png.chunks().bare())), png);
  }

  Picture decode(byte[] file, ParsedFile.Gif gif) throws IOException {
    gif.frame().checkPixels(file);
    return checked(onScreen(read(gif, file), gif.frame()), gif);
  }

  Picture decode(byte[] file, ParsedFile.Bmp bmp) throws IOException {
    return checked(BufferedImages.planes(read(bmp, bmp.bitmap().corrected(file))), bmp);
  }

  StoredPicture stored(ParsedFile.Png png) throws IOException {
    return checked(StoredSamples.of(read(png, png.chunks().bare()), png.chunks()), png);
  }

  StoredPicture stored(byte[] file, ParsedFile.Gif gif) throws IOException {
    gif.frame().checkPixels(file);
    return checked(StoredSamples.of(read(gif, file), gif.frame()), gif);
  }

  StoredPicture stored(byte[] file, ParsedFile.Bmp bmp) throws IOException {
    return checked(StoredSamples.of(read(bmp, bmp.bitmap().corrected(file))), bmp);
  }

  private static StoredPicture checked(StoredPicture picture, ParsedFile parsed)
      throws IOException {
    checked(picture.samples(), parsed);
    return picture;
  }

  private BufferedImage read(ParsedFile parsed, byte[] file) throws IOException {
    return read(providers.get(parsed.header().format()), file, reader -> reader.read(0));
  }

  private static Picture checked(Picture picture, ParsedFile parsed) throws IOException {
    PictureHeader header = parsed.header();
    if (picture.width() != header.width() || picture.height() != header.height()) {
      throw new IOException(
          "has the header of a %s, but decodes to a %s".formatted(header, picture));
    }
    return picture;
  }

  private static Picture onScreen(BufferedImage image, GifFrame frame) throws IOException {
    Picture picture = BufferedImages.planes(image);
    if (picture.width() == frame.screenWidth() && picture.height() == frame.screenHeight()) {
      return picture;
    }
    if (picture.width() != frame.width()
        || picture.height() != frame.height()
        || !(image.getColorModel() instanceof IndexColorModel palette)) {
      throw new IOException("does not contain the image that its header announces");
    }
    int background = palette.getRGB(Math.min(frame.background(), palette.getMapSize() - 1));
    return picture.within(
        frame.screenHeight(), frame.screenWidth(), frame.top(), frame.left(), background);
  }

  // ---- readers ----

  static ImageReaderSpi provider(PictureFormat format) {
    Iterator<ImageReaderSpi> found =
        IIORegistry.getDefaultInstance()
            .getServiceProviders(
                ImageReaderSpi.class,
                provider ->
                    provider.getClass().getName().startsWith(OWN)
                        && Arrays.asList(((ImageReaderSpi) provider).getFormatNames())
                            .contains(format.name()),
                false);
    if (!found.hasNext()) {
      throw new IllegalStateException(
          "this Java runtime has no javax.imageio reader of "
              + format
              + "; use one with the module java.desktop");
    }
    return found.next();
  }

  /** Reads something with a reader. */
  @FunctionalInterface
  interface Reading<T> {
    T from(ImageReader reader) throws IOException;
  }

  /** Reads pixels without metadata. Readers throw many kinds of exceptions for damaged files. */
  static <T> T read(ImageReaderSpi provider, byte[] file, Reading<T> reading) throws IOException {
    ImageReader reader = provider.createReaderInstance();
    try (BytesInput input = new BytesInput(file)) {
      reader.setInput(input, true, true);
      return reading.from(reader);
    } catch (IOException e) {
      throw e instanceof IIOException ? e : new IIOException("", e); // not a reason of ours
    } finally {
      reader.dispose();
    }
  }

  /**
   * An array as image input, without the copies and finalization of Java's streams. Stops readers
   * that continue past the end, as WebP's does.
   */
  private static final class BytesInput extends ImageInputStreamImpl {

    /** Readers look ahead a few bytes. */
    private static final int MAX_BEYOND = 256;

    private final byte[] bytes;
    private int beyond;

    BytesInput(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      bitOffset = 0;
      if (streamPos < bytes.length) {
        return bytes[(int) streamPos++] & 0xff;
      }
      beyond++;
      if (beyond > MAX_BEYOND) {
        throw new IllegalStateException("unexpected end of data");
      }
      return -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      bitOffset = 0;
      if (length == 0) {
        return 0;
      }
      int count = (int) Math.min(length, bytes.length - streamPos);
      if (count <= 0) {
        return -1;
      }
      System.arraycopy(bytes, (int) streamPos, into, offset, count);
      streamPos += count;
      return count;
    }

    @Override
    public long length() {
      return bytes.length;
    }
  }
}
