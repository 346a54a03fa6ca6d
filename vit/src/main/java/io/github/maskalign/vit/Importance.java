package io.github.maskalign.vit;

/**
 * What makes a patch important; from [B, patches looked at], the prefix left out.
 *
 * @since 0.1.0
 */
public enum Importance {
  /** Attention from the class token in the last block, mean over heads. */
  CLASS_ATTENTION,
  /** Attention from the probe of the pooling head, mean over heads. */
  PROBE_ATTENTION,
  /**
   * Attention that a patch receives from all tokens in the last block, mean over them and heads.
   */
  MEAN_RECEIVED,
  /** All patches are equally important. */
  UNIFORM;

  /** The one that fits a network best: of its class token, its probe, or of all tokens. */
  public static Importance of(ViTConfig config) {
    if (config.tokens().classToken()) {
      return CLASS_ATTENTION;
    }
    return config.attentionPool() ? PROBE_ATTENTION : MEAN_RECEIVED;
  }
}
