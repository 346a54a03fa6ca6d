package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Normalize;
import io.github.maskalign.vit.image.Picture;

/**
 * The whole picture as it is, normalized: for evaluation.
 *
 * @since 0.1.0
 */
public final class WholeImage implements Transform {

  private final int height;
  private final int width;
  private final ChannelStats stats;
  private final Normalize normalize;

  /** For pictures of one size. */
  public WholeImage(int height, int width, ChannelStats stats) {
    this.height = height;
    this.width = width;
    this.stats = stats;
    this.normalize = new Normalize(stats);
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int channels() {
    return stats.channels();
  }

  @Override
  public String description() {
    return "whole picture of %d x %d, %s".formatted(height, width, stats);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ShapeException if the picture has another size or number of channels
   */
  @Override
  public void apply(Picture picture, Philox draws, float[] out, int offset) {
    if (picture.height() != height || picture.width() != width) {
      throw new ShapeException(
          "WholeImage: made for %d x %d pixels, the image has %d x %d"
              .formatted(height, width, picture.height(), picture.width()));
    }
    normalize.write(picture, false, out, offset);
  }
}
