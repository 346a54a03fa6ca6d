package io.github.maskalign.cpu;

import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.Tensor;

/** Token numbers as the gather kernel takes them, each checked. */
final class TokenIds {

  private TokenIds() {}

  static int[] read(Tensor ids, int tokens) {
    long[] values = ids.toLongs();
    int[] checked = new int[values.length];
    for (int i = 0; i < checked.length; i++) {
      if (values[i] < 0 || values[i] >= tokens) {
        throw new ShapeException(
            "gatherTokens: id " + values[i] + " is not inside [0, " + tokens + ")");
      }
      checked[i] = (int) values[i];
    }
    return checked;
  }
}
