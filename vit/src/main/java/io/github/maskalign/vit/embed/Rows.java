package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Splits the output of a batch. */
final class Rows {

  private Rows() {}

  /** tensor [B, ..] -> B arrays, each with the values of one row. */
  static List<float[]> of(Tensor batch) {
    float[] values = batch.toFloats();
    int width = values.length / batch.dim(0);
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < values.length; from += width) {
      rows.add(Arrays.copyOfRange(values, from, from + width));
    }
    return rows;
  }
}
