package io.github.maskalign.vit.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * Converts images of javax.imageio to planes of their stored values: alpha is dropped, color
 * profiles and gamma are not applied. 16-bit values keep the upper 8 bits, values below 8 bits are
 * scaled up.
 */
final class BufferedImages {

  private BufferedImages() {}

  static Picture planes(BufferedImage image) {
    return image.getColorModel() instanceof IndexColorModel palette
        ? indexed(image.getRaster(), palette)
        : direct(image.getRaster());
  }

  private static Picture indexed(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int area = width * height;
    byte[][] colors = new byte[Picture.RGB][256];
    byte[] some = new byte[Math.max(palette.getMapSize(), 256)];
    palette.getReds(some);
    colors[0] = some.clone();
    palette.getGreens(some);
    colors[1] = some.clone();
    palette.getBlues(some);
    colors[2] = some;
    byte[] planes = new byte[Picture.RGB * area];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int c = 0; c < Picture.RGB; c++) {
        int to = c * area + y * width;
        for (int x = 0; x < width; x++) {
          planes[to + x] = colors[c][row[x]];
        }
      }
    }
    return Picture.of(planes, Picture.RGB, height, width);
  }

  private static Picture direct(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    // One or two bands are gray without and with alpha, three or four are color.
    int channels = bands < Picture.RGB ? 1 : Picture.RGB;
    byte[] planes = new byte[channels * width * height];
    int[] row = new int[bands * width];
    int[] bits = Arrays.copyOf(raster.getSampleModel().getSampleSize(), channels);
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int c = 0; c < channels; c++) {
        int to = (c * height + y) * width;
        for (int x = 0; x < width; x++) {
          planes[to + x] = (byte) eightBits(row[x * bands + c], bits[c]);
        }
      }
    }
    return Picture.of(planes, channels, height, width);
  }

  private static int eightBits(int value, int bits) {
    return bits >= 8 ? value >> bits - 8 : value * 255 / ((1 << bits) - 1);
  }
}
