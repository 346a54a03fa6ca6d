package io.github.maskalign.tensor;

/**
 * Ways to fold axes away.
 *
 * @since 0.1.0
 */
public enum Reduction {
  /** 0 for no elements. */
  SUM,
  /** Negative infinity for no elements. */
  MAX
}
