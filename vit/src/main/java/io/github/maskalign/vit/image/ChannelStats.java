package io.github.maskalign.vit.image;

import java.util.Arrays;

/**
 * Mean and standard deviation of each colour channel, pixels counted from 0 to 1. Pictures are
 * normalised by {@code (v / 255 - mean) / std}.
 *
 * @param mean one a channel
 * @param std one a channel, positive
 */
public record ChannelStats(float[] mean, float[] std) {

  private static final int LEVELS = 256;

  /** Copies the arrays. */
  public ChannelStats {
    if (mean.length == 0 || mean.length != std.length) {
      throw new IllegalArgumentException(
          "channel statistics: %d means and %d deviations; give one of each for every channel"
              .formatted(mean.length, std.length));
    }
    for (int c = 0; c < std.length; c++) {
      if (!Float.isFinite(mean[c]) || !(std[c] > 0) || !Float.isFinite(std[c])) {
        throw new IllegalArgumentException(
            "channel statistics: channel %d has mean %s and deviation %s; must be finite, positive"
                .formatted(c, mean[c], std[c]));
      }
    }
    mean = mean.clone();
    std = std.clone();
  }

  /** The statistics of ImageNet that published vision models expect: red, green, blue. */
  public static ChannelStats imageNet() {
    return new ChannelStats(
        new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});
  }

  /** Number of channels. */
  public int channels() {
    return mean.length;
  }

  @Override
  public float[] mean() {
    return mean.clone();
  }

  @Override
  public float[] std() {
    return std.clone();
  }

  /** {@code [C][256]}: the normalised value of each of the 256 levels a pixel can have. */
  float[][] table() {
    float[][] table = new float[channels()][LEVELS];
    for (int c = 0; c < channels(); c++) {
      for (int level = 0; level < LEVELS; level++) {
        table[c][level] = (level / 255f - mean[c]) / std[c];
      }
    }
    return table;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelStats that
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(std, that.std);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(mean) + Arrays.hashCode(std);
  }

  @Override
  public String toString() {
    return "mean " + Arrays.toString(mean) + ", std " + Arrays.toString(std);
  }
}
