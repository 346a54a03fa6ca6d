package io.github.maskalign.align.program;

import io.github.maskalign.align.config.Choice;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.Arrays;
import java.util.List;

/** By which statistics pixels are normalised. */
public enum Normalisation implements Choice {
  /** ImageNet's, for colour pictures. */
  IMAGENET("ImageNet's mean and deviation", "imagenet"),
  /** To values from -1 to 1. */
  HALF("mean 0.5 and deviation 0.5", "half");

  private static final float MIDDLE = 0.5f;

  private final String description;
  private final List<String> words;

  Normalisation(String description, String... words) {
    this.description = description;
    this.words = List.of(words);
  }

  /** The value that a word names. */
  public static Normalisation parse(String word) {
    return Choice.parse("normalise", Normalisation.class, word);
  }

  /**
   * The statistics for pictures of so many channels; ImageNet's grey ones are the means of its
   * colours.
   */
  ChannelStats stats(int channels) {
    return switch (this) {
      case IMAGENET -> channels == 1 ? grey(ChannelStats.imageNet()) : ChannelStats.imageNet();
      case HALF -> same(channels, MIDDLE, MIDDLE);
    };
  }

  private static ChannelStats grey(ChannelStats colour) {
    float mean = 0;
    float std = 0;
    for (int c = 0; c < colour.channels(); c++) {
      mean += colour.mean()[c] / colour.channels();
      std += colour.std()[c] / colour.channels();
    }
    return same(1, mean, std);
  }

  private static ChannelStats same(int channels, float mean, float std) {
    float[] means = new float[channels];
    float[] stds = new float[channels];
    Arrays.fill(means, mean);
    Arrays.fill(stds, std);
    return new ChannelStats(means, stds);
  }

  @Override
  public List<String> words() {
    return words;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public String toString() {
    return word();
  }
}
