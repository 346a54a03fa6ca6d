package io.github.maskalign.vit;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;

/**
 * Position tables: one row a token, the prefix first, then the patches row-major.
 *
 * @since 0.1.0
 */
public final class PositionEmbeddings {

  private PositionEmbeddings() {}

  /**
   * The fixed table {@code [prefix + grid^2, width]}, row-major, zero for the prefix. With {@code
   * w_i = 10000^(-i / (width / 4))}, a patch in column x and row y has the channels {@code [sin(x
   * w), cos(x w), sin(y w), cos(y w)]}, a quarter of the width each (Chen et al., arXiv
   * 2104.02057).
   */
  public static float[] sincos(int width, int grid, int prefix) {
    if (width % 4 != 0) {
      throw new ShapeException("sincos: width must be a multiple of 4, got " + width);
    }
    int quarter = width / 4;
    float[] table = new float[(prefix + grid * grid) * width];
    for (int patch = 0; patch < grid * grid; patch++) {
      int row = (prefix + patch) * width;
      for (int i = 0; i < quarter; i++) {
        double frequency = StrictMath.pow(10000, -(double) i / quarter);
        double x = patch % grid * frequency;
        double y = patch / grid * frequency;
        table[row + i] = (float) StrictMath.sin(x);
        table[row + quarter + i] = (float) StrictMath.cos(x);
        table[row + 2 * quarter + i] = (float) StrictMath.sin(y);
        table[row + 3 * quarter + i] = (float) StrictMath.cos(y);
      }
    }
    return table;
  }

  /**
   * table [.., prefix + g^2, D] -> [.., prefix + newGrid^2, D]: the patches' rows resampled as an
   * image with D channels, the prefix kept. Leading axes have size 1.
   *
   * @throws ShapeException if the patches do not form a square
   */
  public static Tensor resize(Ops ops, Tensor table, int prefix, int newGrid) {
    int rows = table.shape().rank() < 2 ? 0 : table.dim(-2);
    int grid = squareRoot(rows - prefix);
    if (grid < 1 || table.size() != (long) rows * table.dim(-1)) {
      throw new ShapeException(
          "positions: a table of shape "
              + table.shape()
              + " is not "
              + prefix
              + " prefix rows and a square of patches");
    }
    if (grid == newGrid) {
      return table;
    }
    int width = table.dim(-1);
    int[] dims = table.shape().with(-2, prefix + newGrid * newGrid).dims();
    return ops.within(
        "resize positions",
        inner -> {
          Tensor flat = inner.reshape(table, rows, width);
          Tensor patches = inner.reshape(inner.slice(flat, 0, prefix, rows), grid, grid, width);
          Tensor resized = Bicubic.resize(inner, inner.permute(patches, 2, 0, 1), newGrid, newGrid);
          Tensor back = inner.reshape(inner.permute(resized, 1, 2, 0), newGrid * newGrid, width);
          Tensor all = inner.concat(List.of(inner.slice(flat, 0, 0, prefix), back), 0);
          return inner.reshape(all, dims);
        });
  }

  /** The root of a square number, or -1. */
  public static int squareRoot(int number) {
    int root = (int) Math.round(Math.sqrt(Math.max(0, number)));
    return root * root == number ? root : -1;
  }
}
