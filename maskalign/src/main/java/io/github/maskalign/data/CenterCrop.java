package io.github.maskalign.data;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.CenterView;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Normalize;
import io.github.maskalign.vit.image.Picture;

/**
 * The middle of a picture, resized (bicubic) and normalized: how pictures are evaluated.
 *
 * @since 0.1.0
 */
public final class CenterCrop implements Transform {

  private final CenterView view;
  private final boolean wholeIfExact;
  private final ChannelStats stats;
  private final Normalize levels;

  /**
   * A transform to a square.
   *
   * @param wholeIfExact leave pictures as they are that have the square's size, where the official
   *     programs would enlarge them and cut off the border
   */
  public CenterCrop(CenterView view, boolean wholeIfExact, ChannelStats stats) {
    this.view = view;
    this.wholeIfExact = wholeIfExact;
    this.stats = stats;
    this.levels = new Normalize(stats);
  }

  @Override
  public int height() {
    return view.size();
  }

  @Override
  public int width() {
    return view.size();
  }

  @Override
  public int channels() {
    return stats.channels();
  }

  @Override
  public String description() {
    return "center %d of %d pixels%s, %s"
        .formatted(
            view.size(), view.shortSide(), wholeIfExact ? " unless of that size" : "", stats);
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.github.maskalign.tensor.error.ShapeException if the picture has another number of
   *     channels than the statistics
   */
  @Override
  public void apply(Picture picture, Philox draws, float[] out, int offset) {
    boolean exact = picture.height() == view.size() && picture.width() == view.size();
    levels.write(exact && wholeIfExact ? picture : view.apply(picture), false, out, offset);
  }
}
