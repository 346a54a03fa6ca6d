package io.github.maskalign.data.augment;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.Picture;

/**
 * Brightness, contrast and saturation, each changed by a factor that is uniform within {@code 1 -
 * strength} (not below 0) to {@code 1 + strength}, in random order, as torchvision does it.
 *
 * @param strength of all three, not negative
 * @since 0.1.0
 */
public record ColorJitter(double strength) {

  private static final int FACTORS = 3;

  /** Checks the strength. */
  public ColorJitter {
    if (!(strength >= 0) || Double.isInfinite(strength)) {
      throw new ArgumentException(
          "color jitter of strength " + strength + ": must be finite and not negative");
    }
  }

  /**
   * Applies it to a gray or color picture; {@code draws} is a stream for this purpose and sample
   * only.
   */
  public Picture apply(Picture picture, Philox draws) {
    Picture altered = picture;
    double min = Math.max(1 - strength, 0);
    for (int change : draws.stream("order").permutation(FACTORS)) {
      double factor = min + (1 + strength - min) * draws.uniformDouble(change);
      altered =
          switch (change) {
            case 0 -> ImageEnhance.brightness(altered, factor);
            case 1 -> ImageEnhance.contrast(altered, factor);
            default -> ImageEnhance.color(altered, factor);
          };
    }
    return altered;
  }
}
