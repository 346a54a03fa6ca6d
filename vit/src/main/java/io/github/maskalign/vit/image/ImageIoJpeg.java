package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.jpeg.JpegColors;
import io.github.maskalign.vit.image.jpeg.JpegHeader;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.spi.ImageReaderSpi;

/**
 * Decodes JPEG with javax.imageio. Only the components are taken from it, since it would guess the
 * color space by different rules and apply color profiles.
 */
final class ImageIoJpeg implements JpegDecoder {

  private final ImageReaderSpi provider = ImageIoDecoder.provider(PictureFormat.JPEG);

  @Override
  public Picture decode(byte[] file, JpegHeader header) throws IOException {
    int width = header.width();
    int height = header.height();
    Raster raster =
        ImageIoDecoder.read(provider, header.bare(file), reader -> reader.readRaster(0, null));
    if (raster.getNumBands() != header.components()
        || raster.getWidth() != width
        || raster.getHeight() != height
        || !(raster.getDataBuffer() instanceof DataBufferByte buffer)) {
      throw new IOException("does not contain the components that its header announces");
    }
    byte[] pixels = buffer.getData();
    int area = width * height;
    return switch (header.colors()) {
      case GRAY -> Picture.of(pixels, 1, height, width);
      case RGB -> Picture.ofInterleaved(pixels, Picture.RGB, height, width);
      case YCC -> Picture.of(JpegColors.ofYcc(pixels, area), Picture.RGB, height, width);
      case CMYK, YCCK -> {
        if (header.colors() == JpegHeader.Colors.YCCK) {
          JpegColors.yccToInks(pixels, area);
        }
        yield Inks.planes(pixels, header.adobe(), height, width);
      }
    };
  }

  @Override
  public int bytesPerPixel() {
    return Picture.RGB;
  }
}
