package io.github.maskalign.vit;

/**
 * How a classifier makes one vector of all tokens.
 *
 * @since 0.1.0
 */
public enum Pooling {
  /** The class token after the final norm. */
  CLS,
  /** The mean of the patch tokens, then a norm of its own; there is no final norm. */
  MEAN_PATCHES
}
