package io.github.maskalign.tensor;

/**
 * The precision of the factors in matrix products and attention of F32 tensors. Products are
 * accumulated in F32, and all other operations compute in F32. F64 tensors are not affected. A
 * backend may compute attention of short sequences in F32 where that is faster.
 *
 * @since 0.1.0
 */
public enum Precision {
  /** Factors are used as they are. */
  F32,
  /** Factors are rounded to 10 fraction bits, as NVIDIA tensor cores do. */
  TF32,
  /** Factors are rounded to BF16, 7 fraction bits. */
  BF16
}
