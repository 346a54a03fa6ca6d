package io.github.maskalign.data;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.Picture;

/**
 * Converts a picture of 8-bit pixels to the input of a model. Safe for several threads.
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

  /**
   * Everything that determines the result besides picture and draws, in one line; part of the key
   * of a teacher cache.
   */
  String description();

  /**
   * Writes {@code [channels, height, width]} for one picture.
   *
   * @param draws a stream of random numbers for this sample and epoch only: the result is a
   *     function of it and the picture
   * @param out receives the result, starting at {@code offset}
   */
  void apply(Picture picture, Philox draws, float[] out, int offset);
}
