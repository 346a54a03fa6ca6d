package io.github.maskalign.align.program;

import io.github.maskalign.align.data.CentreCrop;
import io.github.maskalign.align.data.Coloured;
import io.github.maskalign.align.data.RandomResizedCrop;
import io.github.maskalign.align.data.Range;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.align.data.augment.AugmentedCrop;
import io.github.maskalign.vit.image.CentreView;
import io.github.maskalign.vit.image.ChannelStats;
import org.jspecify.annotations.Nullable;

/** How networks see pictures, grey and coloured ones alike. */
final class Views {

  private static final Range RATIO = new Range(3.0 / 4, 4.0 / 3);

  private Views() {}

  /** In evaluation. */
  static Transform plain(ModelSettings.Shape shape) {
    return plain(shape.side(), shape.evalCrop(), shape.stats());
  }

  /**
   * In evaluation: the middle of a picture.
   *
   * @param side of the result
   * @param share of the shorter side that is seen; if null, the official programs' 7/8 of pictures
   *     of up to 224 pixels and all of larger ones, but the whole of a picture that has the size
   */
  static Transform plain(int side, @Nullable Double share, ChannelStats stats) {
    if (share == null) {
      return new Coloured(new CentreCrop(CentreView.of(side), true, stats));
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("eval-crop " + share + ": a share above 0, at most 1");
    }
    return new Coloured(new CentreCrop(new CentreView(side, (int) (side / share)), false, stats));
  }

  /** Random crops, for pre-training. */
  static Transform crop(ModelSettings.Shape shape, double leastScale, double flip) {
    return new Coloured(new RandomResizedCrop(crop(shape.side(), leastScale, flip), shape.stats()));
  }

  /** Where crops lie. */
  static RandomResizedCrop.Options crop(int side, double leastScale, double flip) {
    return new RandomResizedCrop.Options(side, side, new Range(leastScale, 1), RATIO, flip);
  }

  /** What a classifier is trained on. */
  static Transform training(AugmentedCrop.Options options, ChannelStats stats) {
    return new Coloured(new AugmentedCrop(options, stats));
  }
}
