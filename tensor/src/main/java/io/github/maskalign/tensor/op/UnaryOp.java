package io.github.maskalign.tensor.op;

/**
 * Elementwise functions of one operand.
 *
 * @since 0.1.0
 */
public enum UnaryOp {
  /** -x. */
  NEG,
  /** |x|. */
  ABS,
  /** -1, 0 or 1. */
  SIGN,
  /** x * x. */
  SQUARE,
  /** The square root; NaN of a negative number. */
  SQRT,
  /** 1 / x. */
  RECIPROCAL,
  /** e to the power of x. */
  EXP,
  /** The natural logarithm; NaN of a negative number. */
  LOG,
  /** The hyperbolic tangent. */
  TANH,
  /** 1 / (1 + exp(-x)). */
  SIGMOID,
  /** The Gauss error function. */
  ERF,
  /** max(x, 0). */
  RELU
}
