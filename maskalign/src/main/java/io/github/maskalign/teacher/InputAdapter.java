package io.github.maskalign.teacher;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Luma;
import io.github.maskalign.vit.image.Picture;

/**
 * images [B, C, H, W] -> [B, C', H', W']: converts a student's input to a teacher's.
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

  /** Resizes by {@link Resampling#BICUBIC}, as MaskAlign; images of that size are unchanged. */
  static InputAdapter resizedTo(ImageSize size) {
    return resizedTo(size, Resampling.BICUBIC);
  }

  /** Resizes; images of that size are unchanged. */
  static InputAdapter resizedTo(ImageSize size, Resampling by) {
    return (ops, images) -> by.resize(ops, images, size.height(), size.width());
  }

  /**
   * Replaces the statistics that images are normalized with. A gray image gets the channels of
   * {@code to}, each with its values.
   *
   * @throws ArgumentException if the channels differ and {@code from} has more than one
   */
  static InputAdapter renormalized(ChannelStats from, ChannelStats to) {
    int channels = to.channels();
    if (from.channels() != channels && from.channels() != 1) {
      throw new ArgumentException(
          "teacher input: cannot convert images of %d channels to %d"
              .formatted(from.channels(), channels));
    }
    double[] fromMean = from.forChannels(channels).mean();
    double[] fromStd = from.forChannels(channels).std();
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

  /**
   * Converts color images to gray by {@link Luma}, with the bits of {@code Picture.gray}.
   *
   * @param from statistics of the color images, whose pixels had 8 bits
   * @param to statistics of the gray images
   */
  static InputAdapter luma(ChannelStats from, ChannelStats to) {
    return (ops, images) -> Luma.ofNormalized(ops, images, from, to);
  }

  /**
   * Converts a student's input to that of its teacher: size, channels and statistics.
   *
   * @param students statistics of the student's input
   * @param teacher statistics of the teacher's input
   * @param size height and width of the teacher's input
   * @param by how images of another size are resized
   */
  static InputAdapter between(
      ChannelStats students, ChannelStats teacher, ImageSize size, Resampling by) {
    if (teacher.channels() == 1 && students.channels() == Picture.RGB) {
      // Luma is that of whole pixels, which resizing would not leave.
      return luma(students, teacher).then(resizedTo(size, by));
    }
    return students.equals(teacher)
        ? resizedTo(size, by)
        : resizedTo(size, by).then(renormalized(students, teacher));
  }

  /** Applies this adapter, then another. */
  default InputAdapter then(InputAdapter next) {
    return (ops, images) -> next.adapt(ops, adapt(ops, images));
  }
}
