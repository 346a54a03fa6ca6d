package io.github.maskalign.vit.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import io.github.maskalign.vit.image.format.WebpFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import javax.imageio.spi.ImageReaderSpi;

/** Decodes WebP with TwelveMonkeys' reader, which is approximate for the lossy coding. */
final class ImageIoWebp implements WebpDecoder {

  private final ImageReaderSpi provider = new WebPImageReaderSpi();

  @Override
  public Picture decode(WebpFile.Bitstream image) throws IOException {
    BufferedImage pixels = ImageIoDecoder.read(provider, image.file(), reader -> reader.read(0));
    return BufferedImages.planes(pixels).rgb();
  }
}
