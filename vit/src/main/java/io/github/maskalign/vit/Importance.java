package io.github.maskalign.vit;

/**
 * Definitions of the importance of patches, [B, visible patches], without the prefix.
 *
 * @since 0.1.0
 */
public enum Importance {
  /** Attention from the class token in the last block, averaged over heads. */
  CLASS_ATTENTION("attention from the class token"),
  /**
   * Attention from the query of the attention pool, averaged over heads: of SigLIP and timm's
   * {@code map}, whose query stands for the class token.
   */
  PROBE_ATTENTION("attention from the query of the attention pool"),
  /**
   * Attention received from all tokens in the last block, averaged over them and heads: of networks
   * that have neither, such as I-JEPA and those of timm that pool the mean of the patches.
   */
  MEAN_RECEIVED("attention from all tokens"),
  /** All patches are equally important. */
  UNIFORM("the same for all patches");

  private final String description;

  Importance(String description) {
    this.description = description;
  }

  /** A few words, such as "attention from the class token". */
  public String description() {
    return description;
  }

  /** Whether it is computed from the output of the last block, and not from its input alone. */
  public boolean followsOutput() {
    return this == PROBE_ATTENTION;
  }

  /** The default for a network: from its class token, else its attention pool, else all tokens. */
  public static Importance of(ViTConfig config) {
    if (config.tokens().classToken()) {
      return CLASS_ATTENTION;
    }
    return config.output().pooling() == Pooling.ATTENTION ? PROBE_ATTENTION : MEAN_RECEIVED;
  }
}
