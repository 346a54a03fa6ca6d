package io.github.maskalign.vit;

/**
 * Where the final layer norm of a network acts.
 *
 * @since 0.1.0
 */
public enum FinalNorm {
  /** On all tokens, before the pooling: {@code norm} in timm. */
  TOKENS,
  /** On the pooled vector: {@code fc_norm} in timm. */
  POOLED,
  /** There is none. */
  NONE
}
