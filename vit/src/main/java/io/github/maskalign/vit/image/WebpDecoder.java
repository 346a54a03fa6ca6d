package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.format.WebpFile;
import java.io.IOException;

/** Decodes the bitstreams of WebP files to color planes; thread-safe. */
interface WebpDecoder {

  /**
   * Decodes an image without alpha.
   *
   * @throws IOException with a reason that follows the file's name
   */
  Picture decode(WebpFile.Bitstream image) throws IOException;

  /** Bytes of Java's memory per pixel, beside the planes. */
  int bytesPerPixel();
}
