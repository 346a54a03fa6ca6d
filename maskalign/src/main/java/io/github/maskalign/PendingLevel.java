package io.github.maskalign;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;

/**
 * A level of a teacher that is computed at the tokens that are asked for, with the bits that they
 * have among all.
 *
 * @since 0.1.0
 */
public interface PendingLevel {

  /** Number of images B. */
  int images();

  /**
   * tokens [B, K] of I32 or I64 -> [B, K, D'].
   *
   * @param ops whose scope owns the result
   * @param tokens token numbers (the class token is 0, patch p is 1 + p)
   */
  Tensor at(Eager ops, Tensor tokens);
}
