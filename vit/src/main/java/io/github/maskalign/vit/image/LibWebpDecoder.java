package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.foreign.LibWebp;
import io.github.maskalign.vit.image.format.WebpFile;
import java.io.IOException;
import java.lang.foreign.Arena;

/** Decodes WebP with libwebp. */
record LibWebpDecoder(LibWebp library) implements WebpDecoder {

  @Override
  public Picture decode(WebpFile.Bitstream image) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return Picture.ofInterleaved(
          library.decode(image.data(), image.width(), image.height(), arena),
          Picture.RGB,
          image.height(),
          image.width());
    }
  }

  @Override
  public int bytesPerPixel() {
    return 0;
  }
}
