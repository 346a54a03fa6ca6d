package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.data.CenterCrop;
import io.github.maskalign.data.MatchChannels;
import io.github.maskalign.data.Range;
import io.github.maskalign.data.Transform;
import io.github.maskalign.data.augment.AugmentedCrop;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import org.jspecify.annotations.Nullable;

/** The image transforms of training and evaluation, for gray and color images. */
public final class Views {

  private static final Range RATIO = new Range(3.0 / 4, 4.0 / 3);

  private Views() {}

  /** In evaluation. */
  public static Transform plain(ModelSettings.Shape shape) {
    return plain(shape.size(), shape.evalCrop(), shape.stats());
  }

  /**
   * In evaluation: the middle of a picture.
   *
   * @param size of the result
   * @param share of the shorter side that is seen; if null, the official programs' 7/8 of pictures
   *     of up to 224 pixels and all of larger ones, but the whole of a picture that has the size
   */
  public static Transform plain(ImageSize size, @Nullable Double share, ChannelStats stats) {
    return new CenterCrop(
        share == null
            ? Preprocessing.of(size, stats)
            : Preprocessing.centerCrop(size, share, stats));
  }

  /** Random crops, for pre-training. */
  public static Transform crop(ModelSettings.Shape shape, double minScale, double flip) {
    return new MatchChannels(
        new RandomResizedCrop(crop(shape.size(), minScale, flip), shape.stats()));
  }

  /** The distribution of random crops. */
  public static RandomResizedCrop.Options crop(ImageSize size, double minScale, double flip) {
    return new RandomResizedCrop.Options(
        size.height(), size.width(), new Range(minScale, 1), RATIO, flip);
  }

  /** The augmentation of classifier training. */
  public static Transform training(AugmentedCrop.Options options, ChannelStats stats) {
    return new MatchChannels(new AugmentedCrop(options, stats));
  }
}
