package io.github.maskalign.vit.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * The readers of javax.imageio that come with Java, whatever other plug-ins a program has
 * installed, and TwelveMonkeys' for WebP.
 */
final class ImageIo {

  private static final String OWN = "com.sun.imageio.plugins.";

  private ImageIo() {}

  static ImageReaderSpi provider(PictureFormat format) {
    if (format == PictureFormat.WEBP) {
      return new WebPImageReaderSpi();
    }
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
          "this Java has no javax.imageio reader of " + format + "; use one that has java.desktop");
    }
    return found.next();
  }

  /** What is read by a reader. */
  @FunctionalInterface
  interface Reading<T> {
    T from(ImageReader reader) throws IOException;
  }

  /**
   * Reads pixels without metadata.
   *
   * @throws IOException which says what is wrong; readers meet damage with many exceptions
   */
  static <T> T read(ImageReaderSpi provider, byte[] file, Reading<T> reading) throws IOException {
    ImageReader reader = provider.createReaderInstance();
    try (BytesInput input = new BytesInput(file)) {
      reader.setInput(input, true, true);
      return reading.from(reader);
    } catch (IOException | RuntimeException e) {
      throw new IOException(reason(e), e);
    } finally {
      reader.dispose();
    }
  }

  private static String reason(Exception e) {
    String said = e.getMessage();
    return "cannot be decoded: " + (said == null ? e.getClass().getSimpleName() : said);
  }
}
