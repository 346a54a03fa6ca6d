package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Arrays;

/**
 * Mean and standard deviation of each color channel, for pixels from 0 to 1. Images are normalized
 * by {@code (v / 255 - mean) / std}.
 *
 * @param mean one per channel
 * @param std one per channel, positive
 * @since 0.1.0
 */
public record ChannelStats(double[] mean, double[] std) {

  private static final int LEVELS = 256;

  /** Copies the arrays. */
  public ChannelStats {
    if (mean.length == 0 || mean.length != std.length) {
      throw new ArgumentException(
          "channel statistics: %d means and %d standard deviations; give one of each per channel"
              .formatted(mean.length, std.length));
    }
    for (int c = 0; c < std.length; c++) {
      if (!Double.isFinite(mean[c]) || !(std[c] > 0) || !Double.isFinite(std[c])) {
        throw new ArgumentException(
            ("channel statistics: channel %d has mean %s and standard deviation %s; both must be"
                    + " finite and the deviation positive")
                .formatted(c, mean[c], std[c]));
      }
    }
    mean = mean.clone();
    std = std.clone();
  }

  /** ImageNet's statistics, which most published vision models use: red, green, blue. */
  public static ChannelStats imageNet() {
    return new ChannelStats(new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});
  }

  /** CLIP's statistics. */
  public static ChannelStats clip() {
    return new ChannelStats(
        new double[] {0.48145466, 0.4578275, 0.40821073},
        new double[] {0.26862954, 0.26130258, 0.27577711});
  }

  /** Mean and standard deviation 0.5, as in SigLIP: pixels from -1 to 1. */
  public static ChannelStats half(int channels) {
    return same(channels, 0.5, 0.5);
  }

  private static ChannelStats same(int channels, double mean, double std) {
    double[] means = new double[channels];
    double[] stds = new double[channels];
    Arrays.fill(means, mean);
    Arrays.fill(stds, std);
    return new ChannelStats(means, stds);
  }

  /**
   * The statistics for a number of channels: those of gray are the means over the color channels,
   * and those of color repeat the ones of gray.
   *
   * @throws ArgumentException if both numbers differ and are above 1
   */
  public ChannelStats forChannels(int channels) {
    if (channels == channels()) {
      return this;
    }
    if (channels != 1 && channels() != 1) {
      throw new ArgumentException(
          "channel statistics: %d channels cannot be those of %d".formatted(channels(), channels));
    }
    return same(
        channels,
        Arrays.stream(mean).average().orElseThrow(),
        Arrays.stream(std).average().orElseThrow());
  }

  /** Number of channels. */
  public int channels() {
    return mean.length;
  }

  @Override
  public double[] mean() {
    return mean.clone();
  }

  @Override
  public double[] std() {
    return std.clone();
  }

  /** {@code [C][256]}: the normalized value of each of the 256 values of a pixel. */
  float[][] table() {
    float[][] table = new float[channels()][LEVELS];
    for (int c = 0; c < channels(); c++) {
      for (int level = 0; level < LEVELS; level++) {
        table[c][level] = (level / 255f - (float) mean[c]) / (float) std[c];
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
