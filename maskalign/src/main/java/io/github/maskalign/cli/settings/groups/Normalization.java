package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.config.Choice;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.List;

/**
 * Mean and standard deviation of the pixel normalization.
 *
 * @since 0.1.0
 */
public enum Normalization implements Choice {
  /** Those of ImageNet. */
  IMAGENET("ImageNet's mean and deviation", "imagenet"),
  /** Mean and deviation 0.5: values from -1 to 1. */
  HALF("mean 0.5 and deviation 0.5", "half"),
  /** Those of Fashion-MNIST, the same for each channel. */
  FASHION_MNIST("Fashion-MNIST's mean and deviation, of gray images", "fashion-mnist");

  private final String description;
  private final List<String> words;

  Normalization(String description, String... words) {
    this.description = description;
    this.words = List.of(words);
  }

  /** Parses a name. */
  public static Normalization parse(String word) {
    return Choice.parse("--normalize", Normalization.class, word);
  }

  /** The statistics of images with this number of channels. */
  public ChannelStats stats(int channels) {
    return switch (this) {
      case IMAGENET -> ChannelStats.imageNet().forChannels(channels);
      case HALF -> ChannelStats.half(channels);
      case FASHION_MNIST -> FashionMnist.STATS.forChannels(channels);
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
