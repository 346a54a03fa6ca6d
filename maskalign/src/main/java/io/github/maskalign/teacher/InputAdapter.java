package io.github.maskalign.teacher;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.Bicubic;
import io.github.maskalign.vit.image.ChannelStats;

/**
 * images [B, C, H, W] -> [B, C, H', W']: converts a student's input to a teacher's.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface InputAdapter {

  /** Converts images. */
  Tensor adapt(Ops ops, Tensor images);

  /** Leaves images unchanged. */
  static InputAdapter none() {
    return (ops, images) -> images;
  }

  /** Resizes to a square by {@link Bicubic}; images of that size are unchanged. */
  static InputAdapter resizedTo(int size) {
    return (ops, images) -> Bicubic.resize(ops, images, size, size);
  }

  /** Replaces the statistics that images are normalized with. */
  static InputAdapter renormalized(ChannelStats from, ChannelStats to) {
    int channels = from.channels();
    double[] fromMean = from.mean();
    double[] fromStd = from.std();
    double[] toMean = to.mean();
    double[] toStd = to.std();
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int c = 0; c < channels; c++) {
      scale[c] = fromStd[c] / toStd[c];
      shift[c] = (fromMean[c] - toMean[c]) / toStd[c];
    }
    return (ops, images) ->
        ops.within(
            "renormalize",
            o -> {
              Tensor factor = o.cast(o.of(scale, channels, 1, 1), images.dtype());
              Tensor offset = o.cast(o.of(shift, channels, 1, 1), images.dtype());
              return o.add(o.mul(images, factor), offset);
            });
  }

  /** Converts from the statistics of students to those of their teacher. */
  static InputAdapter between(ChannelStats students, ChannelStats teacher) {
    return students.equals(teacher) ? none() : renormalized(students, teacher);
  }

  /** Applies this adapter, then another. */
  default InputAdapter then(InputAdapter next) {
    return (ops, images) -> next.adapt(ops, adapt(ops, images));
  }
}
