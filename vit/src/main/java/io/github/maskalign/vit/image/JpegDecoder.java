package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.jpeg.JpegHeader;
import java.io.IOException;

/** Decodes JPEG files to planes of gray, color or inks; thread-safe. */
interface JpegDecoder {

  /**
   * Decodes a file whose header has been read. Four planes are inks, 255 is full ink.
   *
   * @throws IOException with a reason that follows the file's name
   */
  Picture decode(byte[] file, JpegHeader header) throws IOException;

  /** Bytes of Java's memory per pixel, beside the planes. */
  int bytesPerPixel();
}
