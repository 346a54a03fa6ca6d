package io.github.maskalign.vit;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;

/**
 * Tables of absolute position embeddings: one row per token, the prefix first, then the patches
 * row-major.
 *
 * @since 0.1.0
 */
public final class PositionTable {

  private PositionTable() {}

  /**
   * The fixed table {@code [prefix + patches, width]}, row-major, zero for the prefix. With {@code
   * w_i = 10000^(-i / (width / 4))}, the channels of the patch in column x and row y are {@code
   * [sin(x w), cos(x w), sin(y w), cos(y w)]}, a quarter of the width each (Chen et al., arXiv
   * 2104.02057).
   */
  public static float[] sincos(int width, Grid grid, int prefix) {
    if (width % 4 != 0) {
      throw new ShapeException("sincos: width must be a multiple of 4, got " + width);
    }
    int quarter = width / 4;
    float[] table = new float[(prefix + grid.patches()) * width];
    for (int patch = 0; patch < grid.patches(); patch++) {
      int row = (prefix + patch) * width;
      for (int i = 0; i < quarter; i++) {
        double frequency = StrictMath.pow(10000, -(double) i / quarter);
        double x = patch % grid.columns() * frequency;
        double y = patch / grid.columns() * frequency;
        table[row + i] = (float) StrictMath.sin(x);
        table[row + quarter + i] = (float) StrictMath.cos(x);
        table[row + 2 * quarter + i] = (float) StrictMath.sin(y);
        table[row + 3 * quarter + i] = (float) StrictMath.cos(y);
      }
    }
    return table;
  }

  /**
   * table [.., prefix + N, D] -> [.., prefix + M, D]: interpolates the patches' rows as an image of
   * D channels and keeps the prefix. Leading axes have size 1.
   *
   * @param from the grid of the N patches of the table
   * @param to the grid of the M patches of the result
   * @param by the kind of interpolation
   * @throws ShapeException if the table is not of that grid
   */
  public static Tensor resize(
      Ops ops, Tensor table, int prefix, Grid from, Grid to, Resampling by) {
    int rows = table.shape().rank() < 2 ? 0 : table.dim(-2);
    if (rows != prefix + from.patches() || table.size() != (long) rows * table.dim(-1)) {
      throw new ShapeException(
          "positions: a table of shape %s is not %d prefix rows and a grid of %s patches"
              .formatted(table.shape(), prefix, from));
    }
    if (from.equals(to)) {
      return table;
    }
    int width = table.dim(-1);
    int[] dims = table.shape().with(-2, prefix + to.patches()).dims();
    return ops.within(
        "resize positions",
        inner -> {
          Tensor flat = inner.reshape(table, rows, width);
          Tensor patches =
              inner.reshape(inner.slice(flat, 0, prefix, rows), from.rows(), from.columns(), width);
          Tensor resized =
              by.resize(inner, inner.permute(patches, 2, 0, 1), to.rows(), to.columns());
          Tensor back = inner.reshape(inner.permute(resized, 1, 2, 0), to.patches(), width);
          Tensor all = inner.concat(List.of(inner.slice(flat, 0, 0, prefix), back), 0);
          return inner.reshape(all, dims);
        });
  }

  /** The square root of a square number, or -1. */
  public static int squareRoot(int number) {
    int root = (int) Math.round(Math.sqrt(Math.max(0, number)));
    return root * root == number ? root : -1;
  }
}
