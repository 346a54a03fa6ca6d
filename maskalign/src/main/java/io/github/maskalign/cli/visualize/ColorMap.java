package io.github.maskalign.cli.visualize;

/** 0 .. 1 -> color, from dark blue by green to yellow: brighter is more, in gray print too. */
final class ColorMap {

  private static final int[] STOPS = {0x440154, 0x414487, 0x2a788e, 0x22a884, 0x7ad151, 0xfde725};

  private ColorMap() {}

  /** The color as 0xRRGGBB; what is outside 0 .. 1, or no number, counts as the nearer end. */
  static int of(double value) {
    double place = Math.clamp(Double.isNaN(value) ? 0 : value, 0, 1) * (STOPS.length - 1);
    int below = Math.min((int) place, STOPS.length - 2);
    return mixed(STOPS[below], STOPS[below + 1], place - below);
  }

  /** The color between two, channel by channel; share of the second. */
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
