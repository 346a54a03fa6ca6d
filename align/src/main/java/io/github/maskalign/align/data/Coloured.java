package io.github.maskalign.align.data;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.Picture;

/**
 * A transform that takes grey and colour pictures alike: each becomes what the transform wants.
 *
 * @param inner the transform
 * @since 0.1.0
 */
public record Coloured(Transform inner) implements Transform {

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
    Picture fitting =
        picture.channels() == channels()
            ? picture
            : channels() == 1 ? picture.grey() : picture.rgb();
    inner.apply(fitting, draws, out, offset);
  }
}
