package io.github.maskalign.vit.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import io.github.maskalign.vit.image.format.WebpFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.spi.ImageReaderSpi;
import org.jspecify.annotations.Nullable;

/** Decodes WebP with TwelveMonkeys' reader, which is approximate for the lossy coding. */
final class ImageIoWebp implements WebpDecoder {

  /**
   * The reader refuses more bytes of pixels per byte of the file, as images of one color have.
   * Their number has been checked before: the end of the file is filled up.
   */
  private static final int MAX_EXPANSION = 2048;

  private final ImageReaderSpi provider = new WebPImageReaderSpi();
  private final AtomicReference<@Nullable Runnable> notice;

  /**
   * Creates a decoder.
   *
   * @param notice called once, with the first lossy image
   */
  ImageIoWebp(Runnable notice) {
    this.notice = new AtomicReference<>(notice);
  }

  @Override
  public Picture decode(WebpFile.Bitstream image) throws IOException {
    Runnable first = image.lossless() ? null : notice.getAndSet(null);
    if (first != null) {
      first.run();
    }
    long pixelBytes = 4L * image.width() * image.height();
    byte[] bare = image.file();
    byte[] file =
        Arrays.copyOf(bare, Math.max(bare.length, (int) (pixelBytes / MAX_EXPANSION + 1)));
    BufferedImage pixels = ImageIoDecoder.read(provider, file, reader -> reader.read(0));
    return BufferedImages.planes(pixels).rgb();
  }

  @Override
  public int bytesPerPixel() {
    return Picture.RGB + 1;
  }
}
