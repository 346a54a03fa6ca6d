package io.github.maskalign.config;

import io.github.maskalign.tensor.error.ShapeException;

/**
 * The sizes of a network that alignment depends on.
 *
 * @param depth number of blocks, each of which outputs a level
 * @param width channels of a token
 * @param patches number of patch tokens
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
