package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.format.BmpFile;
import io.github.maskalign.vit.image.format.GifFrame;
import io.github.maskalign.vit.image.format.PngFile;
import io.github.maskalign.vit.image.format.WebpFile;
import io.github.maskalign.vit.image.jpeg.JpegHeader;

/** A file whose structure {@link HeaderReader} has read, once for its header and its decoder. */
sealed interface ParsedFile {

  PictureHeader header();

  /** A JPEG file. */
  record Jpeg(PictureHeader header, JpegHeader markers) implements ParsedFile {}

  /** A PNG file. */
  record Png(PictureHeader header, PngFile chunks) implements ParsedFile {}

  /** A GIF file. */
  record Gif(PictureHeader header, GifFrame frame) implements ParsedFile {}

  /** A bitmap. */
  record Bmp(PictureHeader header, BmpFile bitmap) implements ParsedFile {}

  /** A WebP file. */
  record Webp(PictureHeader header, WebpFile chunks) implements ParsedFile {}
}
