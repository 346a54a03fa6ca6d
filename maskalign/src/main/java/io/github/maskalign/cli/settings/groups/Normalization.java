package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.config.Choice;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.List;

/**
 * By which statistics pixels are normalized.
 *
 * @since 0.1.0
 */
public enum Normalization implements Choice {
  /** ImageNet's, for color pictures. */
  IMAGENET("ImageNet's mean and deviation", "imagenet"),
  /** To values from -1 to 1. */
  HALF("mean 0.5 and deviation 0.5", "half"),
  /** Those of Fashion-MNIST, for gray images. */
  FASHION_MNIST("Fashion-MNIST's mean and deviation, of gray images", "fashion-mnist");

  private final String description;
  private final List<String> words;

  Normalization(String description, String... words) {
    this.description = description;
    this.words = List.of(words);
  }

  /** The value that a word names. */
  public static Normalization parse(String word) {
    return Choice.parse("normalize", Normalization.class, word);
  }

  /** The statistics for pictures of so many channels. */
  public ChannelStats stats(int channels) {
    return switch (this) {
      case IMAGENET -> ChannelStats.imageNet().forChannels(channels);
      case HALF -> ChannelStats.half(channels);
      case FASHION_MNIST -> {
        if (channels != 1) {
          throw new IllegalArgumentException("normalize: fashion-mnist requires gray images");
        }
        yield FashionMnist.STATS;
      }
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
