package io.github.maskalign.data;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.Normalize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.Preprocessing;

/**
 * The evaluation transform: what a network sees of a picture, by its {@link Preprocessing}.
 *
 * @since 0.1.0
 */
public final class CenterCrop implements Transform {

  private final Preprocessing preprocessing;
  private final Normalize normalize;

  /** A transform of gray and color pictures. */
  public CenterCrop(Preprocessing preprocessing) {
    this.preprocessing = preprocessing;
    this.normalize = new Normalize(preprocessing.stats());
  }

  @Override
  public int height() {
    return preprocessing.size();
  }

  @Override
  public int width() {
    return preprocessing.size();
  }

  @Override
  public int channels() {
    return preprocessing.stats().channels();
  }

  @Override
  public String description() {
    return "center %d of %d pixels%s, %s"
        .formatted(
            preprocessing.size(),
            preprocessing.shortSide(),
            preprocessing.wholeIfExact() ? " unless of that size" : "",
            preprocessing.stats());
  }

  @Override
  public void apply(Picture picture, Philox draws, float[] out, int offset) {
    normalize.write(preprocessing.view(picture), false, out, offset);
  }
}
