package io.github.maskalign.vectors.kinds;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.Bicubic;
import io.github.maskalign.vit.PositionTable;
import java.util.Map;

/** Position tables and their resampling. */
final class PositionKinds {

  private static final double CUBIC = -0.75;

  private PositionKinds() {}

  static void bicubic(VectorCase given) {
    if (given.real("a") != CUBIC || given.flag("align_corners") || given.flag("antialias")) {
      throw new ArgumentException(
          "only a = -0.75 with half-pixel centers and no antialiasing is supported");
    }
    double[] size = given.reals("size");
    Tensor x = given.tensor("in.x");
    given.differentiate(
        Map.of("x", x), ops -> Map.of("y", Bicubic.resize(ops, x, (int) size[0], (int) size[1])));
  }

  /** Grids are squares written {@code 16x16}; the table has no prefix. */
  static void resize(VectorCase given) {
    int from = side(given.text("from"));
    int to = side(given.text("to"));
    resized(given, 0, from, to);
  }

  private static int side(String grid) {
    String[] sides = grid.split("x");
    if (sides.length != 2 || !sides[0].equals(sides[1])) {
      throw new ArgumentException("grid " + grid + " is not a square");
    }
    return Integer.parseInt(sides[0]);
  }

  static void interpolate(VectorCase given) {
    resized(
        given, given.integer("extra_tokens"), given.integer("grid_from"), given.integer("grid_to"));
  }

  private static void resized(VectorCase given, int prefix, int from, int to) {
    Tensor table = given.tensor("in.x");
    if (table.dim(-2) != prefix + from * from) {
      throw new ArgumentException("the table is not of the grid " + from);
    }
    Ops ops = given.scope().ops();
    given.checks().tensor("out.y", PositionTable.resize(ops, table, prefix, to));
  }

  static void sincos(VectorCase given) {
    int width = given.integer("dim");
    int grid = given.integer("grid");
    int prefix = given.flag("cls_token") ? 1 : 0;
    float[] table = PositionTable.sincos(width, grid, prefix);
    Tensor y = given.scope().ops().of(table, prefix + grid * grid, width);
    given.checks().tensor("out.y", y);
  }
}
