package io.github.maskalign.vectors.kinds;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.PositionTable;
import io.github.maskalign.vit.Resampling;
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
        Map.of("x", x),
        ops -> Map.of("y", Resampling.BICUBIC.resize(ops, x, (int) size[0], (int) size[1])));
  }

  /** Grids are written {@code 16x16}; the table has no prefix. */
  static void resize(VectorCase given) {
    resized(given, 0, grid(given.text("from")), grid(given.text("to")));
  }

  private static Grid grid(String text) {
    String[] sides = text.split("x");
    if (sides.length != 2) {
      throw new ArgumentException("grid " + text + " is not ROWSxCOLUMNS");
    }
    return new Grid(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
  }

  static void interpolate(VectorCase given) {
    resized(
        given,
        given.integer("extra_tokens"),
        Grid.square(given.integer("grid_from")),
        Grid.square(given.integer("grid_to")));
  }

  private static void resized(VectorCase given, int prefix, Grid from, Grid to) {
    Tensor table = given.tensor("in.x");
    Ops ops = given.scope().ops();
    given
        .checks()
        .tensor("out.y", PositionTable.resize(ops, table, prefix, from, to, Resampling.BICUBIC));
  }

  static void sincos(VectorCase given) {
    int width = given.integer("dim");
    int grid = given.integer("grid");
    int prefix = given.flag("cls_token") ? 1 : 0;
    float[] table = PositionTable.sincos(width, Grid.square(grid), prefix);
    Tensor y = given.scope().ops().of(table, prefix + grid * grid, width);
    given.checks().tensor("out.y", y);
  }
}
