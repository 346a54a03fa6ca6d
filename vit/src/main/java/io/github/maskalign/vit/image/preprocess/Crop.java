package io.github.maskalign.vit.image.preprocess;

import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.resize.Outputs;
import java.util.Arrays;

/**
 * The center of an image, with a border where the image is smaller.
 *
 * @param size of the result
 * @param centering of the odd pixel
 * @param border level of each channel beyond the image; a single one is for all channels
 * @since 0.1.0
 */
public record Crop(ImageSize size, Centering centering, int... border) {

  /** Copies the levels. */
  public Crop {
    border = border.clone();
  }

  /** With another size. */
  Crop withSize(ImageSize other) {
    return new Crop(other, centering, border);
  }

  /** With other levels of the border. */
  Crop withBorder(int... levels) {
    return new Crop(size, centering, levels);
  }

  int border(int channel) {
    return border[Math.min(channel, border.length - 1)];
  }

  private int top(ImageSize resized) {
    return centering.offset(resized.height(), size.height());
  }

  private int left(ImageSize resized) {
    return centering.offset(resized.width(), size.width());
  }

  /** What it shows of a resized image. */
  Region region(ImageSize resized) {
    return new Region(
        Outputs.within(resized.height(), top(resized), size.height()),
        Outputs.within(resized.width(), left(resized), size.width()));
  }

  /** region [C, h, w] of an image of a size -> [C, size], with a border. */
  Picture framed(Picture region, ImageSize resized) {
    if (size.height() == region.height() && size.width() == region.width()) {
      return region;
    }
    byte[] out = new byte[region.channels() * area()];
    for (int c = 0; c < region.channels(); c++) {
      Arrays.fill(out, c * area(), (c + 1) * area(), (byte) border(c));
      copy(region.pixels(), region.plane(c), resized, out, c * area());
    }
    return Picture.of(out, region.channels(), size.height(), size.width());
  }

  /** Levels of a region [C, h, w] of an image of a size -> [C, size], with a border. */
  double[] framed(double[] region, int channels, ImageSize resized) {
    int plane = region.length / channels;
    double[] out = new double[channels * area()];
    for (int c = 0; c < channels; c++) {
      Arrays.fill(out, c * area(), (c + 1) * area(), border(c));
      copy(region, c * plane, resized, out, c * area());
    }
    return out;
  }

  private int area() {
    return size.height() * size.width();
  }

  /** Copies a plane of a region between arrays of the same type. */
  private void copy(Object region, int plane, ImageSize resized, Object out, int to) {
    Region part = region(resized);
    int first = to + Math.max(0, -top(resized)) * size.width() + Math.max(0, -left(resized));
    for (int y = 0; y < part.height(); y++) {
      int row = plane + y * part.width();
      System.arraycopy(region, row, out, first + y * size.width(), part.width());
    }
  }

  @Override
  public int[] border() {
    return border.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Crop that
        && size.equals(that.size)
        && centering == that.centering
        && Arrays.equals(border, that.border);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * size.hashCode() + centering.hashCode()) + Arrays.hashCode(border);
  }

  @Override
  public String toString() {
    return "the central " + size;
  }
}
