package io.github.maskalign.vit.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import javax.imageio.spi.ImageReaderSpi;

/** Turns the bytes of PNG, GIF, BMP and WebP files into gray or color planes. */
final class ImageIoDecoder {

  private final Map<PictureFormat, ImageReaderSpi> providers = new EnumMap<>(PictureFormat.class);

  ImageIoDecoder() {
    for (PictureFormat format : PictureFormat.values()) {
      if (format != PictureFormat.JPEG) {
        providers.put(format, ImageIo.provider(format));
      }
    }
  }

  Picture decode(byte[] file, PictureHeader header) throws IOException {
    BufferedImage image =
        ImageIo.read(providers.get(header.format()), file, reader -> reader.read(0));
    Picture picture =
        header.format() == PictureFormat.GIF
            ? onScreen(image, GifFrame.read(file))
            : BufferedImages.planes(image);
    if (picture.width() != header.width() || picture.height() != header.height()) {
      throw new IOException("is said to be a %s, but is a %s".formatted(header, picture));
    }
    return picture;
  }

  private static Picture onScreen(BufferedImage image, GifFrame frame) throws IOException {
    Picture picture = BufferedImages.planes(image);
    PictureHeader screen = frame.header();
    if (picture.width() == screen.width() && picture.height() == screen.height()) {
      return picture;
    }
    if (picture.width() != frame.width()
        || picture.height() != frame.height()
        || !(image.getColorModel() instanceof IndexColorModel palette)) {
      throw new IOException("does not hold the picture that its header promises");
    }
    int background = palette.getRGB(Math.min(frame.background(), palette.getMapSize() - 1));
    int area = screen.width() * screen.height();
    byte[] planes = new byte[Picture.RGB * area];
    for (int c = 0; c < Picture.RGB; c++) {
      byte level = (byte) (background >> 16 - 8 * c);
      Arrays.fill(planes, c * area, (c + 1) * area, level);
      for (int y = 0; y < frame.height(); y++) {
        System.arraycopy(
            picture.pixels(),
            picture.plane(c) + y * frame.width(),
            planes,
            c * area + (frame.top() + y) * screen.width() + frame.left(),
            frame.width());
      }
    }
    return Picture.of(planes, Picture.RGB, screen.height(), screen.width());
  }
}
