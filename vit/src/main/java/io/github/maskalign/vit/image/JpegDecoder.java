package io.github.maskalign.vit.image;

import java.io.IOException;

/** Turns the bytes of a JPEG file into gray or color planes; safe for several threads. */
interface JpegDecoder {

  /**
   * Decodes a file whose header has been read.
   *
   * @throws IOException which says what is wrong, to be put behind the file's name
   */
  Picture decode(byte[] file, JpegHeader header) throws IOException;

  /** Which library it is, in a few words. */
  String description();
}
