package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.Preprocessing;

/**
 * The evaluation transform: what a network sees of a picture, by its {@link Preprocessing}.
 *
 * @since 0.1.0
 */
public final class CenterCrop implements Transform {

  private final Preprocessing preprocessing;
  private final ImageSize size;

  /**
   * A transform of gray and color pictures.
   *
   * @throws ShapeException if the size of the result would depend on the picture
   */
  public CenterCrop(Preprocessing preprocessing) {
    this.preprocessing = preprocessing;
    this.size =
        preprocessing
            .size()
            .orElseThrow(
                () ->
                    new ShapeException(
                        "pictures in a batch must have one size, and the preprocessing depends on"
                            + " the picture: "
                            + preprocessing.description()
                            + "; state a size with height and width, or a center crop, in the"
                            + " preprocessor_config.json beside the weights"));
  }

  @Override
  public int height() {
    return size.height();
  }

  @Override
  public int width() {
    return size.width();
  }

  @Override
  public int channels() {
    return preprocessing.stats().channels();
  }

  @Override
  public String description() {
    return preprocessing.description();
  }

  @Override
  public void apply(Picture picture, Philox draws, float[] out, int offset) {
    preprocessing.write(picture, out, offset);
  }
}
