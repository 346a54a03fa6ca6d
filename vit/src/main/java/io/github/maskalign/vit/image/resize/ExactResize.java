package io.github.maskalign.vit.image.resize;

import java.util.function.DoubleUnaryOperator;

/**
 * Resizes planes of numbers in double precision, first along the rows, then across them. A pass
 * whose size does not change is skipped.
 *
 * @since 0.1.0
 */
public final class ExactResize {

  /** One output of an axis from inputs with a stride. */
  @FunctionalInterface
  private interface Axis {
    double at(int output, double[] in, int from, int stride);
  }

  private ExactResize() {}

  /**
   * plane [height, width] -> [newHeight, newWidth].
   *
   * @param rounding of the numbers after each pass
   */
  public static double[] apply(
      Filter filter,
      double[] plane,
      int height,
      int width,
      int newHeight,
      int newWidth,
      DoubleUnaryOperator rounding) {
    double[] wide = plane;
    if (newWidth != width) {
      Axis columns = axis(filter, width, newWidth);
      wide = new double[height * newWidth];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < newWidth; x++) {
          double value = columns.at(x, plane, y * width, 1);
          wide[y * newWidth + x] = rounding.applyAsDouble(value);
        }
      }
    }
    if (newHeight == height) {
      return wide;
    }
    Axis rows = axis(filter, height, newHeight);
    double[] out = new double[newHeight * newWidth];
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        out[y * newWidth + x] = rounding.applyAsDouble(rows.at(y, wide, x, newWidth));
      }
    }
    return out;
  }

  private static Axis axis(Filter filter, int in, int out) {
    if (filter == Filter.NEAREST) {
      int[] nearest = Nearest.inputs(in, out);
      return (output, from, offset, stride) -> from[offset + nearest[output] * stride];
    }
    return Windows.of(filter, in, out)::sum;
  }
}
