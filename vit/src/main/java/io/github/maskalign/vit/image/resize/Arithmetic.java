package io.github.maskalign.vit.image.resize;

/**
 * How weighted sums of pixels are computed. Pillow and torchvision differ by one level in about one
 * per cent of the pixels.
 *
 * @since 0.1.0
 */
public enum Arithmetic {
  /** Rounded to 8 bits after each pass; weights of 22 fractional bits. */
  PILLOW,
  /** Rounded to 8 bits after each pass; weights that fit into 16 bits. */
  TORCHVISION,
  /** Not rounded, so that filters with negative weights may leave the range of the pixels. */
  FLOAT
}
