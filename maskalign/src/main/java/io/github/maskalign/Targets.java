package io.github.maskalign;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import java.util.List;

/**
 * What a teacher says about a batch of B pictures, in the form that a step needs.
 *
 * @since 0.1.0
 */
public interface Targets {

  /** {@code [B, N]}, how much the teacher looks at each patch; empty if masks do not ask. */
  float[] importance();

  /**
   * {@code tokens [B, 1 + K] -> [B, 1 + K, D'] each}: the levels that count, ascending, normalized,
   * at the given tokens.
   *
   * @param ops whose scope owns the result
   * @param tokens token numbers (the class token is 0, patch p is 1 + p)
   */
  List<Tensor> at(Eager ops, int[] tokens);
}
