package io.github.maskalign.vit;

/**
 * The kinds of position embeddings of patches.
 *
 * @since 0.1.0
 */
public enum PositionEmbedding {
  /** A fixed table of two-dimensional sines and cosines, added to the tokens. */
  SINCOS,
  /** A learned table, added to the tokens. */
  LEARNED,
  /** Rotary position embeddings of queries and keys along both axes, as in DINOv3. */
  ROTARY
}
