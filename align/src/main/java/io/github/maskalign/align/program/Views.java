package io.github.maskalign.align.program;

import io.github.maskalign.align.data.Normalize;
import io.github.maskalign.align.data.RandomResizedCrop;
import io.github.maskalign.align.data.Range;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.vit.image.ChannelStats;

/** How networks see pictures. */
final class Views {

  private static final Range RATIO = new Range(3.0 / 4, 4.0 / 3);

  private Views() {}

  /** In evaluation. */
  static Transform plain(ModelSettings shape, ChannelStats stats) {
    return plain(shape.imageSize(), stats);
  }

  /** In evaluation. */
  static Transform plain(int side, ChannelStats stats) {
    return new Normalize(side, side, stats);
  }

  /** Random crops, for training. */
  static Transform crop(ModelSettings shape, ChannelStats stats, double leastScale, double mirror) {
    int side = shape.imageSize();
    return new RandomResizedCrop(
        new RandomResizedCrop.Options(side, side, new Range(leastScale, 1), RATIO, mirror), stats);
  }
}
