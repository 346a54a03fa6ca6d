package io.github.maskalign.tensor.op;

/**
 * Reductions over axes.
 *
 * @since 0.1.0
 */
public enum Reduction {
  /** The sum; 0 of no elements. */
  SUM,
  /** The maximum; negative infinity of no elements. */
  MAX
}
