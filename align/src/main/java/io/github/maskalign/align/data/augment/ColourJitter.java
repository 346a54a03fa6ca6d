package io.github.maskalign.align.data.augment;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.Picture;

/**
 * Brightness, contrast and saturation, each changed by a factor that is uniform within {@code 1 -
 * strength} (not below 0) to {@code 1 + strength}, in random order, as torchvision does it.
 *
 * @param strength of all three, not negative
 * @since 0.1.0
 */
public record ColourJitter(double strength) {

  private static final int FACTORS = 3;

  /** Refuses a negative strength. */
  public ColourJitter {
    if (!(strength >= 0) || Double.isInfinite(strength)) {
      throw new IllegalArgumentException(
          "colour jitter of strength " + strength + ": must be finite and not negative");
    }
  }

  /** Alters a grey or colour picture; draws of a stream of this purpose and sample alone. */
  public Picture apply(Picture picture, Philox draws) {
    Picture altered = picture;
    double least = Math.max(1 - strength, 0);
    for (int change : draws.stream("order").permutation(FACTORS)) {
      double factor = least + (1 + strength - least) * draws.uniformDouble(change);
      altered =
          switch (change) {
            case 0 -> Enhance.brightness(altered, factor);
            case 1 -> Enhance.contrast(altered, factor);
            default -> Enhance.colour(altered, factor);
          };
    }
    return altered;
  }
}
