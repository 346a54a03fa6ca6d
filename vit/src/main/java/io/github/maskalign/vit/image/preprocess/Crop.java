package io.github.maskalign.vit.image.preprocess;

import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
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

  int top(int height) {
    return centering.offset(height, size.height());
  }

  int left(int width) {
    return centering.offset(width, size.width());
  }

  /** image [C, H, W] -> [C, size]. */
  Picture apply(Picture picture) {
    int top = top(picture.height());
    int left = left(picture.width());
    if (size.height() <= picture.height() && size.width() <= picture.width()) {
      boolean whole = size.height() == picture.height() && size.width() == picture.width();
      return whole ? picture : picture.crop(top, left, size.height(), size.width());
    }
    byte[] out = new byte[picture.channels() * size.height() * size.width()];
    int fromX = Math.max(0, left);
    int count = Math.min(picture.width(), left + size.width()) - fromX;
    for (int c = 0; c < picture.channels(); c++) {
      int plane = c * size.height() * size.width();
      Arrays.fill(out, plane, plane + size.height() * size.width(), (byte) border(c));
      for (int y = Math.max(0, top); y < Math.min(picture.height(), top + size.height()); y++) {
        int to = plane + (y - top) * size.width() + fromX - left;
        int from = picture.plane(c) + y * picture.width() + fromX;
        System.arraycopy(picture.pixels(), from, out, to, count);
      }
    }
    return Picture.of(out, picture.channels(), size.height(), size.width());
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
