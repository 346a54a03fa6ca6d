package io.github.maskalign.vit.image;

import java.awt.image.IndexColorModel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The colors of a palette.
 *
 * @param colors {@code [4][256]}: red, green, blue and alpha of each index; black and opaque beyond
 *     the palette
 * @param transparent whether the file states alphas
 * @since 0.1.0
 */
public record ColorTable(byte[][] colors, boolean transparent) {

  private static final int SIZE = 256;
  private static final int ALPHA = 3;
  private static final byte OPAQUE = (byte) 0xff;

  /** The colors of a palette of Java, all opaque. */
  static ColorTable of(IndexColorModel palette) {
    byte[][] colors = new byte[ALPHA + 1][SIZE];
    byte[] some = new byte[Math.max(palette.getMapSize(), SIZE)];
    palette.getReds(some);
    colors[0] = Arrays.copyOf(some, SIZE);
    palette.getGreens(some);
    colors[1] = Arrays.copyOf(some, SIZE);
    palette.getBlues(some);
    colors[2] = Arrays.copyOf(some, SIZE);
    Arrays.fill(colors[ALPHA], OPAQUE);
    return new ColorTable(colors, false);
  }

  /** With these alphas of the first indexes. */
  ColorTable withAlphas(byte[] alphas) {
    byte[][] all = colors.clone();
    all[ALPHA] = colors[ALPHA].clone();
    System.arraycopy(alphas, 0, all[ALPHA], 0, Math.min(alphas.length, SIZE));
    return new ColorTable(all, true);
  }

  /** With one transparent index. */
  ColorTable withTransparent(int index) {
    byte[] alphas = colors[ALPHA].clone();
    alphas[index] = 0;
    return withAlphas(alphas);
  }

  /** The color of the only index that is not opaque, if it is transparent; else null. */
  int @Nullable [] transparentColor() {
    int found = -1;
    for (int i = 0; i < SIZE; i++) {
      if (colors[ALPHA][i] != OPAQUE) {
        if (found >= 0 || colors[ALPHA][i] != 0) {
          return null;
        }
        found = i;
      }
    }
    return found < 0
        ? null
        : new int[] {colors[0][found] & 0xff, colors[1][found] & 0xff, colors[2][found] & 0xff};
  }

  /** Whether the first colors are the grays of their indexes, times a step. */
  boolean isGray(int count, int step) {
    for (int i = 0; i < count; i++) {
      byte gray = (byte) (i * step);
      if (colors[0][i] != gray || colors[1][i] != gray || colors[2][i] != gray) {
        return false;
      }
    }
    return true;
  }

  /** indexes [1, H, W] -> [3, H, W], or [4, H, W] with alpha. */
  Picture expanded(Picture indexes, int channels) {
    int area = indexes.area();
    byte[] planes = new byte[channels * area];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < area; i++) {
        planes[c * area + i] = colors[c][indexes.pixels()[indexes.offset() + i] & 0xff];
      }
    }
    return Picture.of(planes, channels, indexes.height(), indexes.width());
  }
}
