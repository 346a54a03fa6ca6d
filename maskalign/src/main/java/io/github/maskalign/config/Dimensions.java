package io.github.maskalign.config;

import io.github.maskalign.tensor.error.ShapeException;

/**
 * What the alignment needs to know of a network.
 *
 * @param depth number of blocks, each of which gives a level
 * @param width channels of a token
 * @param patches tokens besides the class token
 * @since 0.1.0
 */
public record Dimensions(int depth, int width, int patches) {

  /** Checks that all are positive. */
  public Dimensions {
    if (depth < 1 || width < 1 || patches < 1) {
      throw new ShapeException(
          "dimensions: depth "
              + depth
              + ", width "
              + width
              + ", patches "
              + patches
              + " must be positive");
    }
  }
}
