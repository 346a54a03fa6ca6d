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

  /** The rows of a plane. */
  @FunctionalInterface
  public interface Rows {
    /** Copies a row. */
    void read(int row, double[] into);
  }

  private ExactResize() {}

  /**
   * plane [height, width] -> [newHeight, newWidth].
   *
   * @param plane by rows, so that a large image is not held in double precision
   * @param rounding of the numbers after each pass
   */
  public static double[] apply(
      Filter filter,
      Rows plane,
      int height,
      int width,
      int newHeight,
      int newWidth,
      DoubleUnaryOperator rounding) {
    double[] wide = new double[height * newWidth];
    double[] row = new double[width];
    Axis columns = newWidth == width ? null : axis(filter, width, newWidth);
    for (int y = 0; y < height; y++) {
      plane.read(y, row);
      for (int x = 0; x < newWidth; x++) {
        wide[y * newWidth + x] =
            columns == null ? row[x] : rounding.applyAsDouble(columns.at(x, row, 0, 1));
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
      int[] nearest = Nearest.inputs(Arithmetic.FLOAT, in, out);
      return (output, from, offset, stride) -> from[offset + nearest[output] * stride];
    }
    return Windows.of(filter, in, out)::sum;
  }
}
