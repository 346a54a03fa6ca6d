package io.github.maskalign.align.data;

import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Levels;
import io.github.maskalign.vit.image.Picture;

/**
 * The whole picture as it is, normalised: for evaluation.
 *
 * @since 0.1.0
 */
public final class Normalize implements Transform {

  private final int height;
  private final int width;
  private final ChannelStats stats;
  private final Levels levels;

  /** For pictures of one size. */
  public Normalize(int height, int width, ChannelStats stats) {
    this.height = height;
    this.width = width;
    this.stats = stats;
    this.levels = new Levels(stats);
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
          "normalize: made for %d x %d pixels, the picture has %d x %d"
              .formatted(height, width, picture.height(), picture.width()));
    }
    levels.write(picture, false, out, offset);
  }
}
