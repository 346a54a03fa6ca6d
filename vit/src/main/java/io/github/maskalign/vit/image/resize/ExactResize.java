package io.github.maskalign.vit.image.resize;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Resizes planes of numbers in double precision, first along the rows, then across them. A pass
 * whose size does not change is skipped.
 *
 * @param filter of the numbers
 * @param rounding of the numbers after each pass
 * @since 0.1.0
 */
public record ExactResize(Filter filter, DoubleUnaryOperator rounding) {

  /** Numbers of the result of the first pass. */
  private static final int MOST_WIDE = 1 << 22;

  /** The rows of a plane. */
  @FunctionalInterface
  public interface Rows {
    /** Copies a row. */
    void read(int row, double[] into);
  }

  /**
   * plane [height, width] -> [rows, columns], as far as they are computed.
   *
   * @param plane by rows, so that a large image is not held in double precision
   */
  public double[] apply(Rows plane, int height, int width, Outputs rows, Outputs columns) {
    double[] out = new double[rows.count() * columns.count()];
    if (filter == Filter.NEAREST) {
      nearest(plane, height, width, rows, columns, out);
      return out;
    }
    for (Outputs down : blocks(height, rows, rows.count())) {
      Windows vertical = height == rows.size() ? null : Windows.of(filter, height, down);
      int top = vertical == null ? down.from() : vertical.from();
      int count = (vertical == null ? down.end() : vertical.end()) - top;
      for (Outputs across : blocks(width, columns, Math.max(1, MOST_WIDE / count))) {
        double[] wide = wide(plane, top, count, width, across);
        int to = (down.from() - rows.from()) * columns.count() + across.from() - columns.from();
        for (int y = 0; y < down.count(); y++) {
          for (int x = 0; x < across.count(); x++) {
            out[to + y * columns.count() + x] =
                vertical == null
                    ? wide[y * across.count() + x]
                    : rounding.applyAsDouble(vertical.sum(y, wide, x, across.count()));
          }
        }
      }
    }
    return out;
  }

  private List<Outputs> blocks(int in, Outputs outputs, int most) {
    return in == outputs.size() ? outputs.blocks(most) : Windows.blocks(filter, in, outputs, most);
  }

  /** The first pass. */
  private double[] wide(Rows plane, int top, int height, int width, Outputs across) {
    @Nullable Windows windows = width == across.size() ? null : Windows.of(filter, width, across);
    double[] wide = new double[height * across.count()];
    double[] row = new double[width];
    for (int y = 0; y < height; y++) {
      plane.read(top + y, row);
      for (int x = 0; x < across.count(); x++) {
        wide[y * across.count() + x] =
            windows == null
                ? row[across.from() + x]
                : rounding.applyAsDouble(windows.sum(x, row, windows.from(), 1));
      }
    }
    return wide;
  }

  private void nearest(
      Rows plane, int height, int width, Outputs rows, Outputs columns, double[] out) {
    int[] fromColumns = Nearest.inputs(Arithmetic.FLOAT, width, columns);
    double[] row = new double[width];
    int to = 0;
    for (int y : Nearest.inputs(Arithmetic.FLOAT, height, rows)) {
      plane.read(y, row);
      for (int x : fromColumns) {
        out[to++] = rounding.applyAsDouble(row[x]);
      }
    }
  }
}
