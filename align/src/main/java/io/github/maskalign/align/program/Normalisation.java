package io.github.maskalign.align.program;

import io.github.maskalign.align.config.Choice;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.List;

/**
 * By which statistics pixels are normalised.
 *
 * @since 0.1.0
 */
public enum Normalisation implements Choice {
  /** ImageNet's, for colour pictures. */
  IMAGENET("ImageNet's mean and deviation", "imagenet"),
  /** To values from -1 to 1. */
  HALF("mean 0.5 and deviation 0.5", "half");

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

  /** The statistics for pictures of so many channels. */
  ChannelStats stats(int channels) {
    return switch (this) {
      case IMAGENET -> ChannelStats.imageNet().forChannels(channels);
      case HALF -> ChannelStats.half(channels);
    };
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
