package io.github.maskalign.align.data;

import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.random.Philox;

/** The whole picture as it is, normalised: for evaluation. */
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
  public String description() {
    return "whole picture of %d x %d, %s".formatted(height, width, stats);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ShapeException if the pictures have another size or number of channels
   */
  @Override
  public void apply(ImageSet set, int sample, Philox draws, float[] out, int offset) {
    if (set.height() != height || set.width() != width) {
      throw new ShapeException(
          "normalize: made for %d x %d pixels, the pictures have %d x %d"
              .formatted(height, width, set.height(), set.width()));
    }
    levels.requireChannels(set.channels());
    levels.write(set.pixels(), set.offset(sample), height, width, false, out, offset);
  }
}
