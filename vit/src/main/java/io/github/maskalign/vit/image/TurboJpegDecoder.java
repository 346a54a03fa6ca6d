package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.foreign.TurboJpeg;
import io.github.maskalign.vit.image.jpeg.JpegHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Decodes JPEG with libjpeg-turbo. */
record TurboJpegDecoder(TurboJpeg library) implements JpegDecoder {

  @Override
  public Picture decode(byte[] file, JpegHeader header) throws IOException {
    int width = header.width();
    int height = header.height();
    int components = header.components();
    byte[] whole = header.standardTables() ? header.bare(file) : file;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pixels = library.decode(whole, width, height, components, arena);
      return switch (components) {
        case 1 -> Picture.of(pixels.toArray(ValueLayout.JAVA_BYTE), 1, height, width);
        case Picture.RGB -> Picture.ofInterleaved(pixels, Picture.RGB, height, width);
        default ->
            Inks.planes(pixels.toArray(ValueLayout.JAVA_BYTE), header.adobe(), height, width);
      };
    }
  }

  @Override
  public int bytesPerPixel() {
    return 0;
  }
}
