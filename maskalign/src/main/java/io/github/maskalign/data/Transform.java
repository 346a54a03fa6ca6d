package io.github.maskalign.data;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.Picture;

/**
 * Turns a picture of 8-bit pixels into the numbers a model reads. Safe for several threads.
 *
 * @since 0.1.0
 */
public interface Transform {

  /** Rows of the result. */
  int height();

  /** Columns of the result. */
  int width();

  /** Color channels of the result. */
  int channels();

  /** All that decides the result besides picture and draws, in one line that others can compare. */
  String description();

  /**
   * Writes {@code [channels, height, width]} for one picture.
   *
   * @param draws a stream of this sample and epoch alone: the result is a function of it and the
   *     picture
   * @param out takes the result from {@code offset} on
   */
  void apply(Picture picture, Philox draws, float[] out, int offset);
}
