package io.github.maskalign.data.augment;

import io.github.maskalign.vit.image.Picture;
import java.util.Arrays;

/**
 * Interpolates between a picture and a degraded version, {@code degraded + factor (picture -
 * degraded)}: factor 1 is the picture, 0 the degraded one, above 1 enhances it. Bit-identical to
 * Pillow's {@code ImageEnhance}.
 */
final class ImageEnhance {

  private static final int SMOOTH_SUM = 13;
  private static final int SMOOTH_CENTER = 5;

  private ImageEnhance() {}

  /** The degraded picture is gray. */
  static Picture color(Picture picture, double factor) {
    return blend(picture.channels() == 1 ? picture : picture.gray().rgb(), picture, factor);
  }

  /** The degraded picture is black. */
  static Picture brightness(Picture picture, double factor) {
    byte[] black = new byte[picture.channels() * picture.area()];
    return blend(like(picture, black), picture, factor);
  }

  /** The degraded picture has the mean luma everywhere. */
  static Picture contrast(Picture picture, double factor) {
    Picture luma = picture.gray();
    long sum = 0;
    for (int i = 0; i < luma.area(); i++) {
      sum += luma.pixels()[luma.offset() + i] & 0xff;
    }
    byte[] flat = new byte[picture.channels() * picture.area()];
    Arrays.fill(flat, (byte) (int) ((double) sum / luma.area() + 0.5));
    return blend(like(picture, flat), picture, factor);
  }

  /** The degraded picture is smoothed except at its border. */
  static Picture sharpness(Picture picture, double factor) {
    int height = picture.height();
    int width = picture.width();
    byte[] in = picture.pixels();
    byte[] smooth = new byte[picture.channels() * picture.area()];
    System.arraycopy(in, picture.offset(), smooth, 0, smooth.length);
    for (int c = 0; c < picture.channels(); c++) {
      for (int y = 1; y < height - 1; y++) {
        int to = (c * height + y) * width;
        smoothRow(in, picture.offset() + to, width, smooth, to);
      }
    }
    return blend(like(picture, smooth), picture, factor);
  }

  private static void smoothRow(byte[] in, int row, int width, byte[] out, int to) {
    for (int x = 1; x < width - 1; x++) {
      int at = row + x;
      int sum =
          three(in, at - width)
              + three(in, at)
              + three(in, at + width)
              + (SMOOTH_CENTER - 1) * (in[at] & 0xff);
      // To the nearest; an odd divisor has no ties.
      out[to + x] = (byte) ((2 * sum + SMOOTH_SUM) / (2 * SMOOTH_SUM));
    }
  }

  private static int three(byte[] in, int at) {
    return (in[at - 1] & 0xff) + (in[at] & 0xff) + (in[at + 1] & 0xff);
  }

  private static Picture like(Picture picture, byte[] pixels) {
    return Picture.of(pixels, picture.channels(), picture.height(), picture.width());
  }

  private static Picture blend(Picture degraded, Picture picture, double factor) {
    float share = (float) factor;
    byte[] out = new byte[picture.channels() * picture.area()];
    byte[] from = degraded.pixels();
    byte[] to = picture.pixels();
    for (int i = 0; i < out.length; i++) {
      int base = from[degraded.offset() + i] & 0xff;
      int difference = (to[picture.offset() + i] & 0xff) - base;
      float value = base + share * difference;
      out[i] = (byte) Math.max(Math.min((int) value, 255), 0);
    }
    return like(picture, out);
  }
}
