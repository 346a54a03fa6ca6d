package io.github.maskalign.vit;

/**
 * How patches learn where they are.
 *
 * @since 0.1.0
 */
public enum PositionEmbedding {
  /** A fixed table of two-dimensional sines and cosines, added to the tokens. */
  SINCOS,
  /** A table that is trained, added to the tokens. */
  LEARNED,
  /** No table: queries and keys are turned by angles along both axes, as in DINOv3. */
  ROTARY
}
