package io.github.maskalign.vit;

/**
 * Definitions of the importance of patches, [B, visible patches], without the prefix.
 *
 * @since 0.1.0
 */
public enum Importance {
  /** Attention from the class token in the last block, averaged over heads. */
  CLASS_ATTENTION,
  /** Attention from the query of the attention pool, averaged over heads. */
  PROBE_ATTENTION,
  /** Attention received from all tokens in the last block, averaged over them and heads. */
  MEAN_RECEIVED,
  /** All patches are equally important. */
  UNIFORM;

  /** The default for a network: from its class token, else its attention pool, else all tokens. */
  public static Importance of(ViTConfig config) {
    if (config.tokens().classToken()) {
      return CLASS_ATTENTION;
    }
    return config.output().pooling() == Pooling.ATTENTION ? PROBE_ATTENTION : MEAN_RECEIVED;
  }
}
