package io.github.maskalign.vit;

/**
 * Cosines and sines of the rotary position embeddings of one head, along both axes as in DINOv3.
 * The center of a patch has coordinates y, x in [-1, 1] over the image; with head length d and
 * {@code w_i = b^(-4 i / d)}, b the base, 100 by default, {@code i < d/4}, the angles of the d/2
 * pairs of channels are {@code 2 pi y w_i}, then {@code 2 pi x w_i}. The prefix is not rotated.
 *
 * @param length of a head, d
 * @param cos [T, d], row-major
 * @param sin [T, d], negative in the first half of each row
 * @since 0.1.0
 */
public record RotaryTable(int length, float[] cos, float[] sin) {

  /** The table of a network. */
  public static RotaryTable of(ViTConfig config) {
    int length = config.width() / config.heads();
    int rows = config.prefixTokens() + config.patches();
    float[] cos = new float[rows * length];
    float[] sin = new float[rows * length];
    for (int row = 0; row < rows; row++) {
      for (int channel = 0; channel < length; channel++) {
        double angle = angle(config, length, row - config.prefixTokens(), channel);
        int sign = channel < length / 2 ? -1 : 1;
        cos[row * length + channel] = (float) StrictMath.cos(angle);
        sin[row * length + channel] = (float) (sign * StrictMath.sin(angle));
      }
    }
    return new RotaryTable(length, cos, sin);
  }

  private static double angle(ViTConfig config, int length, int patch, int channel) {
    if (patch < 0) {
      return 0;
    }
    Grid grid = config.grid();
    int quarter = length / 4;
    int pair = channel % (2 * quarter);
    boolean vertical = pair < quarter;
    int place = vertical ? patch / grid.columns() : patch % grid.columns();
    double coordinate = 2 * (place + 0.5) / (vertical ? grid.rows() : grid.columns()) - 1;
    return 2
        * Math.PI
        * coordinate
        * StrictMath.pow(config.tokens().rotaryBase(), -(double) (pair % quarter) / quarter);
  }
}
