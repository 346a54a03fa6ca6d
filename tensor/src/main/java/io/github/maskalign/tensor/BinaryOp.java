package io.github.maskalign.tensor;

/** Functions of two elements; operands broadcast by NumPy's rule. */
public enum BinaryOp {
  ADD,
  SUB,
  MUL,
  DIV,
  MAX,
  MIN,
  /** 1 where a >= b, else 0. */
  GREATER_EQUAL,
  /** 1 where a == b, else 0. */
  EQUAL
}
