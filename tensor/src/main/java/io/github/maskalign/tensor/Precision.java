package io.github.maskalign.tensor;

/**
 * What products and attention of F32 tensors multiply in. Sums, and all other operations, are F32
 * in any case; F64 tensors stay F64.
 *
 * @since 0.1.0
 */
public enum Precision {
  /** As it stands. */
  F32,
  /** Factors are rounded to 10 bits behind the point, as tensor cores of NVIDIA do. */
  TF32,
  /** Factors are rounded to BF16: 7 bits behind the point. */
  BF16
}
