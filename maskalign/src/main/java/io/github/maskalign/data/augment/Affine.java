package io.github.maskalign.data.augment;

import io.github.maskalign.vit.image.Picture;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An affine transform: the center of output pixel (x, y) takes the source at {@code (xx x + xy y +
 * x0, yx x + yy y + y0)}, interpolated from its 4 x 4 neighbors by the cubic with a = -1, or a fill
 * color beyond the edge. Bit-identical to Pillow's {@code transform} and {@code rotate}.
 */
record Affine(double xx, double xy, double x0, double yx, double yy, double y0) {

  private static final int DECIMALS = 15;

  static Affine shearX(double share) {
    return new Affine(1, share, 0, 0, 1, 0);
  }

  static Affine shearY(double share) {
    return new Affine(1, 0, 0, share, 1, 0);
  }

  static Affine shift(double x, double y) {
    return new Affine(1, 0, x, 0, 1, y);
  }

  /** Counterclockwise about the center. */
  static Affine rotation(double degrees, int height, int width) {
    double angle = -Math.toRadians(degrees - 360 * Math.floor(degrees / 360));
    double cos = rounded(StrictMath.cos(angle));
    double sin = rounded(StrictMath.sin(angle));
    double x = width / 2.0;
    double y = height / 2.0;
    return new Affine(
        cos, sin, cos * -x + sin * -y + 0.0 + x, -sin, cos, -sin * -x + cos * -y + 0.0 + y);
  }

  private static double rounded(double value) {
    return new BigDecimal(value).setScale(DECIMALS, RoundingMode.HALF_EVEN).doubleValue();
  }

  /** The transformed picture, with one {@code fill} value per channel. */
  Picture apply(Picture picture, int[] fill) {
    int height = picture.height();
    int width = picture.width();
    byte[] out = new byte[picture.channels() * picture.area()];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double fromX = xx * (x + 0.5) + xy * (y + 0.5) + x0;
        double fromY = yx * (x + 0.5) + yy * (y + 0.5) + y0;
        boolean inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
        for (int c = 0; c < picture.channels(); c++) {
          double value = inside ? at(picture, c, fromX - 0.5, fromY - 0.5) : fill[c];
          out[(c * height + y) * width + x] = (byte) Math.max(Math.min((int) value, 255), 0);
        }
      }
    }
    return Picture.of(out, picture.channels(), height, width);
  }

  private static double at(Picture picture, int channel, double x, double y) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    double right = x - left;
    return cubic(
        row(picture, channel, top - 1, left, right),
        row(picture, channel, top, left, right),
        row(picture, channel, top + 1, left, right),
        row(picture, channel, top + 2, left, right),
        y - top);
  }

  private static double row(Picture picture, int channel, int y, int left, double share) {
    int width = picture.width();
    int row = picture.plane(channel) + clamped(y, picture.height()) * width;
    byte[] in = picture.pixels();
    return cubic(
        in[row + clamped(left - 1, width)] & 0xff,
        in[row + clamped(left, width)] & 0xff,
        in[row + clamped(left + 1, width)] & 0xff,
        in[row + clamped(left + 2, width)] & 0xff,
        share);
  }

  private static int clamped(int index, int size) {
    return Math.max(Math.min(index, size - 1), 0);
  }

  private static double cubic(double a, double b, double c, double d, double t) {
    double linear = c - a;
    double square = 2 * (a - b) + c - d;
    double cube = b - a - c + d;
    return b + t * (linear + t * (square + t * cube));
  }
}
