package io.github.maskalign.cli.visualize;

import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.image.Picture;
import java.awt.image.BufferedImage;

/**
 * Draws per-patch values over an image; a view of any shape has a grid of patches.
 *
 * @param view the input of the network
 * @param grid of its patches
 */
public record PatchPicture(Picture view, Grid grid) {

  private static final int MIN_SIDE = 224;
  private static final double FAINTEST = 0.3;
  private static final double STRONGEST = 0.85;
  private static final double HIDDEN = 0.9;

  /** Slightly blue, to differ from the grays of an image. */
  private static final int GRAY = 0x8c97ab;

  /** Width in pixels: a multiple of the view's, which enlarges small ones. */
  public int width() {
    return view.width() * scale();
  }

  /** Height in pixels. */
  public int height() {
    return view.height() * scale();
  }

  private int scale() {
    return Math.ceilDiv(MIN_SIDE, view.width());
  }

  /** The view without overlay. */
  public BufferedImage plain() {
    return drawn((x, y) -> pixel(x, y));
  }

  /** Values of patches [N] as a heat map over the view, scaled to the maximum. */
  public BufferedImage heat(float[] values) {
    double highest = 0;
    for (float value : values) {
      highest = Math.max(highest, value);
    }
    double scale = highest == 0 ? 0 : 1 / highest;
    return drawn(
        (x, y) -> {
          double value = between(values, x, y) * scale;
          double share = FAINTEST + value * (STRONGEST - FAINTEST);
          return ColorMap.mixed(gray(pixel(x, y)), ColorMap.of(value), share);
        });
  }

  /** The view with all patches grayed out but some. */
  public BufferedImage only(int[] visible) {
    boolean[] seen = new boolean[grid.patches()];
    for (int patch : visible) {
      seen[patch] = true;
    }
    return drawn(
        (x, y) ->
            seen[patch(x, y)] ? pixel(x, y) : ColorMap.mixed(gray(pixel(x, y)), GRAY, HIDDEN));
  }

  /** A color for each patch [N], as 0xRRGGBB. */
  public BufferedImage colored(int[] colors) {
    return drawn((x, y) -> colors[patch(x, y)]);
  }

  private interface Pixels {
    int at(int x, int y);
  }

  private BufferedImage drawn(Pixels pixels) {
    int width = width();
    int height = height();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, pixels.at(x, y));
      }
    }
    return image;
  }

  private int pixel(int x, int y) {
    int shrink = scale();
    int color = 0;
    for (int channel = 0; channel < Picture.RGB; channel++) {
      int from = Math.min(channel, view.channels() - 1);
      color = color << 8 | view.at(from, y / shrink, x / shrink);
    }
    return color;
  }

  private static int gray(int color) {
    int sum = (color >> 16 & 0xff) + (color >> 8 & 0xff) + (color & 0xff);
    return sum / 3 * 0x010101;
  }

  private int patch(int x, int y) {
    return y * grid.rows() / height() * grid.columns() + x * grid.columns() / width();
  }

  /** Bilinear interpolation between patch centers. */
  private double between(float[] values, int x, int y) {
    int rows = grid.rows();
    int columns = grid.columns();
    double row = Math.clamp((y + 0.5) * rows / height() - 0.5, 0, rows - 1);
    double column = Math.clamp((x + 0.5) * columns / width() - 0.5, 0, columns - 1);
    int top = Math.min((int) row, Math.max(0, rows - 2));
    int left = Math.min((int) column, Math.max(0, columns - 2));
    int bottom = Math.min(top + 1, rows - 1);
    int right = Math.min(left + 1, columns - 1);
    double down = row - top;
    double along = column - left;
    double above =
        values[top * columns + left] * (1 - along) + values[top * columns + right] * along;
    double below =
        values[bottom * columns + left] * (1 - along) + values[bottom * columns + right] * along;
    return above * (1 - down) + below * down;
  }

  /** 0 .. 1 -> color, from dark blue through green to yellow; brightness increases. */
  static final class ColorMap {

    private static final int[] STOPS = {0x440154, 0x414487, 0x2a788e, 0x22a884, 0x7ad151, 0xfde725};

    private ColorMap() {}

    /** The color as 0xRRGGBB; values outside 0 .. 1 are clamped, NaN is 0. */
    static int of(double value) {
      double place = Math.clamp(Double.isNaN(value) ? 0 : value, 0, 1) * (STOPS.length - 1);
      int below = Math.min((int) place, STOPS.length - 2);
      return mixed(STOPS[below], STOPS[below + 1], place - below);
    }

    /** Interpolates between two colors; share of the second. */
    static int mixed(int first, int second, double share) {
      int color = 0;
      for (int shift = 0; shift <= 16; shift += 8) {
        double from = (first >> shift) & 0xff;
        double to = (second >> shift) & 0xff;
        color |= (int) Math.round(from + share * (to - from)) << shift;
      }
      return color;
    }
  }
}
