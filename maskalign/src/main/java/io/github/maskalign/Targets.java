package io.github.maskalign;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import java.util.List;

/**
 * Training targets of a batch of B images, computed by a teacher or read from a cache.
 *
 * @since 0.1.0
 */
public interface Targets {

  /** {@code [B, N]}, the importance of each patch; empty if the mask strategy does not use it. */
  float[] importance();

  /**
   * {@code tokens [B, 1 + K] -> [B, 1 + K, D'] each}: the levels with a weight in the loss,
   * ascending, normalized, at the given tokens.
   *
   * @param ops whose scope owns the result
   * @param tokens token numbers (the class token is 0, patch p is 1 + p)
   */
  List<Tensor> at(Eager ops, int[] tokens);
}
