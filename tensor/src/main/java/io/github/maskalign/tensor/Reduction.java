package io.github.maskalign.tensor;

/** Ways to fold axes away. */
public enum Reduction {
  /** 0 for no elements. */
  SUM,
  /** Negative infinity for no elements. */
  MAX
}
