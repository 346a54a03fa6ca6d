package io.github.maskalign.vit.embed;

/**
 * What an embedding is made of; all after the network's final norm. D is its width.
 *
 * @since 0.1.0
 */
public enum Output {
  /**
   * The network's own way, {@code [D]}: its attention pool, else its class token, else the mean of
   * its patches.
   */
  POOLED,
  /** CLIP's {@code [P]}: the class token in the space that images share with texts. */
  PROJECTED,
  /** The class token, {@code [D]}. */
  CLASS_TOKEN,
  /** The mean of the patch tokens, {@code [D]}. */
  MEAN_PATCHES,
  /** The class token and the mean of the patch tokens, one behind the other, {@code [2 D]}. */
  CLASS_AND_MEAN,
  /** All patch tokens, row by row over the picture, {@code [N D]}. */
  PATCH_TOKENS
}
