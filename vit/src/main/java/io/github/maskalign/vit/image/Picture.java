package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.ShapeException;

/**
 * One picture of 8-bit planes {@code [C, H, W]}: pixel {@code (c, y, x)} is {@code pixels[offset +
 * (c * height + y) * width + x]}. Immutable by convention, and may be a part of a larger array.
 *
 * @param pixels holds the planes, not copied
 * @param offset index of the first pixel
 * @param channels C
 * @param height H
 * @param width W
 */
public record Picture(byte[] pixels, int offset, int channels, int height, int width) {

  /** Refuses planes that are empty or reach beyond the array. */
  public Picture {
    long size = (long) channels * height * width;
    if (channels < 1 || height < 1 || width < 1) {
      throw new ShapeException(
          "picture of %d channels and %d x %d pixels".formatted(channels, height, width));
    }
    if (offset < 0 || offset + size > pixels.length) {
      throw new ShapeException(
          "picture of %d x %d x %d from byte %d of %d"
              .formatted(channels, height, width, offset, pixels.length));
    }
  }

  /** A picture that fills its array {@code [C, H, W]}. */
  public static Picture of(byte[] pixels, int channels, int height, int width) {
    return new Picture(pixels, 0, channels, height, width);
  }
}
