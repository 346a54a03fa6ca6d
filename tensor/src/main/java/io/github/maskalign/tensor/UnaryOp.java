package io.github.maskalign.tensor;

/** Functions applied to each element. */
public enum UnaryOp {
  NEG,
  ABS,
  /** -1, 0 or 1. */
  SIGN,
  SQUARE,
  SQRT,
  RECIPROCAL,
  EXP,
  LOG,
  TANH,
  /** 1 / (1 + exp(-x)). */
  SIGMOID,
  /** The Gauss error function. */
  ERF,
  RELU
}
