package io.github.maskalign.vectors.kinds;

import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.NaFlex;
import java.util.ArrayList;
import java.util.List;

/** Images of different shapes in one batch, as patches. */
final class NaFlexInputs {

  private NaFlexInputs() {}

  /** The patches of a case; its mask must be that of its grids. */
  static NaFlex.Batch batch(VectorCase given) {
    int[] sides = given.integers("in.spatial_shapes");
    List<Grid> grids = new ArrayList<>();
    for (int i = 0; i < sides.length; i += 2) {
      grids.add(new Grid(sides[i], sides[i + 1]));
    }
    int[] mask = given.integers("in.pixel_attention_mask");
    int length = mask.length / grids.size();
    boolean agree = true;
    for (int i = 0; i < mask.length; i++) {
      agree &= mask[i] == (i % length < grids.get(i / length).patches() ? 1 : 0);
    }
    given.checks().that("mask", agree, "it is not that of the grids");
    return new NaFlex.Batch(given.tensor("in.pixel_values"), grids);
  }
}
