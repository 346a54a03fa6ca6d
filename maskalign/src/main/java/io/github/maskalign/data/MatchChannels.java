package io.github.maskalign.data;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.Picture;

/**
 * A transform that takes gray and color pictures alike: each becomes what the transform wants.
 *
 * @param inner the transform
 * @since 0.1.0
 */
public record MatchChannels(Transform inner) implements Transform {

  @Override
  public int height() {
    return inner.height();
  }

  @Override
  public int width() {
    return inner.width();
  }

  @Override
  public int channels() {
    return inner.channels();
  }

  @Override
  public String description() {
    return inner.description();
  }

  @Override
  public void apply(Picture picture, Philox draws, float[] out, int offset) {
    inner.apply(picture.withChannels(channels()), draws, out, offset);
  }
}
