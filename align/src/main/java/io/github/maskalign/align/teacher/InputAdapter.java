package io.github.maskalign.align.teacher;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.Bicubic;

/** images [B, C, H, W] -> [B, C, H', W']: makes a teacher's input from a student's. */
@FunctionalInterface
public interface InputAdapter {

  /** Applies it. */
  Tensor adapt(Ops ops, Tensor images);

  /** The images as they are. */
  static InputAdapter none() {
    return (ops, images) -> images;
  }

  /** Resized to a square by {@link Bicubic}; images of that size stay as they are. */
  static InputAdapter resizedTo(int size) {
    return (ops, images) -> Bicubic.resize(ops, images, size, size);
  }

  /** Normalised by other statistics than they came with. */
  static InputAdapter renormalised(PixelStatistics from, PixelStatistics to) {
    int channels = from.mean().size();
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int c = 0; c < channels; c++) {
      scale[c] = from.deviation().get(c) / to.deviation().get(c);
      shift[c] = (from.mean().get(c) - to.mean().get(c)) / to.deviation().get(c);
    }
    return (ops, images) ->
        ops.within(
            "renormalise",
            o -> {
              Tensor factor = o.cast(o.of(scale, channels, 1, 1), images.dtype());
              Tensor offset = o.cast(o.of(shift, channels, 1, 1), images.dtype());
              return o.add(o.mul(images, factor), offset);
            });
  }

  /** From images normalised as students' are, by ImageNet's statistics. */
  static InputAdapter from(PixelStatistics statistics) {
    return statistics.equals(PixelStatistics.IMAGENET)
        ? none()
        : renormalised(PixelStatistics.IMAGENET, statistics);
  }

  /** This one, then another. */
  default InputAdapter then(InputAdapter next) {
    return (ops, images) -> next.adapt(ops, adapt(ops, images));
  }
}
