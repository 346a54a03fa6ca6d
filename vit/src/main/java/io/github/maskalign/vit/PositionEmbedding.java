package io.github.maskalign.vit;

/** How patches learn where they are. */
public enum PositionEmbedding {
  /** A fixed table of two-dimensional sines and cosines. */
  SINCOS,
  /** A table that is trained. */
  LEARNED
}
