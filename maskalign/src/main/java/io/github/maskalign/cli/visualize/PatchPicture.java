package io.github.maskalign.cli.visualize;

import io.github.maskalign.vit.image.Picture;
import java.awt.image.BufferedImage;

/**
 * Draws per-patch values over an image; patches form a square of {@code grid} by {@code grid}.
 *
 * @param view the input of the network, a square
 * @param grid patches per side
 */
public record PatchPicture(Picture view, int grid) {

  private static final int MIN_SIDE = 224;
  private static final double FAINTEST = 0.3;
  private static final double STRONGEST = 0.85;
  private static final double HIDDEN = 0.9;

  /** Slightly blue, to differ from the grays of an image. */
  private static final int GRAY = 0x8c97ab;

  /** Side length in pixels: a multiple of the view's, which enlarges small ones. */
  public int side() {
    return view.width() * Math.ceilDiv(MIN_SIDE, view.width());
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
    boolean[] seen = new boolean[grid * grid];
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
    int side = side();
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        image.setRGB(x, y, pixels.at(x, y));
      }
    }
    return image;
  }

  private int pixel(int x, int y) {
    int shrink = side() / view.width();
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
    return y * grid / side() * grid + x * grid / side();
  }

  /** Bilinear interpolation between patch centers. */
  private double between(float[] values, int x, int y) {
    double row = Math.clamp((y + 0.5) * grid / side() - 0.5, 0, grid - 1);
    double column = Math.clamp((x + 0.5) * grid / side() - 0.5, 0, grid - 1);
    int top = Math.min((int) row, Math.max(0, grid - 2));
    int left = Math.min((int) column, Math.max(0, grid - 2));
    int bottom = Math.min(top + 1, grid - 1);
    int right = Math.min(left + 1, grid - 1);
    double down = row - top;
    double along = column - left;
    double above = values[top * grid + left] * (1 - along) + values[top * grid + right] * along;
    double below =
        values[bottom * grid + left] * (1 - along) + values[bottom * grid + right] * along;
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
