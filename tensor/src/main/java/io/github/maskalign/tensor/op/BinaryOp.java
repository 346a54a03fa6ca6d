package io.github.maskalign.tensor.op;

/**
 * Elementwise functions of two operands, which broadcast by NumPy's rule.
 *
 * @since 0.1.0
 */
public enum BinaryOp {
  /** a + b. */
  ADD,
  /** a - b. */
  SUB,
  /** a * b. */
  MUL,
  /** a / b. */
  DIV,
  /** The larger of a and b; NaN if either is. */
  MAX,
  /** The smaller of a and b; NaN if either is. */
  MIN,
  /** 1 where a >= b, else 0. */
  GREATER_EQUAL,
  /** 1 where a == b, else 0. */
  EQUAL
}
