package io.github.maskalign.vit.image.preprocess;

import io.github.maskalign.tensor.error.ShapeException;

/**
 * The input of a network.
 *
 * @param values normalized {@code [C, H, W]}, not copied
 * @param channels C
 * @param height H
 * @param width W
 * @since 0.1.0
 */
public record PixelValues(float[] values, int channels, int height, int width) {

  /** Checks that the values fill the shape. */
  public PixelValues {
    if (values.length != (long) channels * height * width) {
      throw new ShapeException(
          "pixel values: %d do not fill %d x %d x %d"
              .formatted(values.length, channels, height, width));
    }
  }

  /**
   * Patches in rows, each {@code [P, P, C]} with the channel last, followed by rows of zeros.
   *
   * @param patchSize P, which divides both sides
   * @param count number of rows, at least that of the patches
   */
  public PatchValues patches(int patchSize, int count) {
    int rows = height / patchSize;
    int columns = width / patchSize;
    if (height % patchSize != 0 || width % patchSize != 0 || rows * columns > count) {
      throw new ShapeException(
          "%d x %d pixels are not whole patches of %d pixels, at most %d of them"
              .formatted(height, width, patchSize, count));
    }
    int length = patchSize * patchSize * channels;
    float[] out = new float[Math.multiplyExact(count, length)];
    byte[] mask = new byte[count];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int patch = y / patchSize * columns + x / patchSize;
        int to = patch * length + (y % patchSize * patchSize + x % patchSize) * channels;
        mask[patch] = 1;
        for (int c = 0; c < channels; c++) {
          out[to + c] = values[(c * height + y) * width + x];
        }
      }
    }
    return new PatchValues(out, mask, rows, columns);
  }
}
