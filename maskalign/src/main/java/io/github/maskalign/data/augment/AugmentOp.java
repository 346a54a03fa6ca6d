package io.github.maskalign.data.augment;

import io.github.maskalign.vit.image.Picture;

/**
 * The operations of RandAugment (Cubuk et al., arXiv 1909.13719) in timm's choice and order, each
 * the stronger the larger its magnitude of 0 to 10.
 *
 * @since 0.1.0
 */
public enum AugmentOp {
  /** Spreads the values of each channel. */
  AUTO_CONTRAST(false),
  /** Makes all values equally frequent. */
  EQUALIZE(false),
  /** Inverts all values. */
  INVERT(false),
  /** By up to 30 degrees. */
  ROTATE(true),
  /** Keeps 4 to 0 bits. */
  POSTERIZE(false),
  /** Inverts from level 256 down to 0. */
  SOLARIZE(false),
  /** Adds up to 110 to dark pixels. */
  SOLARIZE_ADD(false),
  /** More or less color. */
  COLOR(true),
  /** More or less contrast. */
  CONTRAST(true),
  /** Lighter or darker. */
  BRIGHTNESS(true),
  /** Sharper or softer. */
  SHARPNESS(true),
  /** Shifts rows against each other, by up to 0.3 a row. */
  SHEAR_X(true),
  /** Shifts columns against each other, by up to 0.3 a column. */
  SHEAR_Y(true),
  /** Sideways by up to 0.45 of the width. */
  TRANSLATE_X(true),
  /** Up or down by up to 0.45 of the height. */
  TRANSLATE_Y(true);

  /** The largest magnitude. */
  public static final int MAX = 10;

  private final boolean signed;

  AugmentOp(boolean signed) {
    this.signed = signed;
  }

  /** Whether the argument has a random sign. */
  public boolean signed() {
    return signed;
  }

  /**
   * The argument of {@link #apply} for a magnitude; 0 for operations that take none.
   *
   * @param negative whether the sign is flipped, for signed operations
   */
  public double argument(double magnitude, boolean negative) {
    double level = magnitude / MAX;
    int sign = negative && signed ? -1 : 1;
    return switch (this) {
      case AUTO_CONTRAST, EQUALIZE, INVERT -> 0;
      case ROTATE -> sign * (level * 30);
      case POSTERIZE -> 4 - (int) (level * 4);
      case SOLARIZE -> 256 - (int) (level * 256);
      case SOLARIZE_ADD -> (int) (level * 110);
      case COLOR, CONTRAST, BRIGHTNESS, SHARPNESS -> 1 + sign * (level * .9);
      case SHEAR_X, SHEAR_Y -> sign * (level * 0.3);
      case TRANSLATE_X, TRANSLATE_Y -> sign * (level * 0.45);
    };
  }

  /**
   * Applies the operation to a gray or color picture.
   *
   * @param argument degrees, share of a side, bits, threshold, addend or factor
   * @param fill one value per channel for pixels from outside the picture
   */
  public Picture apply(Picture picture, double argument, int[] fill) {
    return switch (this) {
      case AUTO_CONTRAST -> ImageOps.autoContrast(picture);
      case EQUALIZE -> ImageOps.equalize(picture);
      case INVERT -> ImageOps.invert(picture);
      case POSTERIZE -> ImageOps.posterize(picture, (int) argument);
      case SOLARIZE -> ImageOps.solarize(picture, (int) argument);
      case SOLARIZE_ADD -> ImageOps.solarizeAdd(picture, (int) argument);
      case COLOR -> ImageEnhance.color(picture, argument);
      case CONTRAST -> ImageEnhance.contrast(picture, argument);
      case BRIGHTNESS -> ImageEnhance.brightness(picture, argument);
      case SHARPNESS -> ImageEnhance.sharpness(picture, argument);
      case ROTATE ->
          Affine.rotation(argument, picture.height(), picture.width()).apply(picture, fill);
      case SHEAR_X -> Affine.shearX(argument).apply(picture, fill);
      case SHEAR_Y -> Affine.shearY(argument).apply(picture, fill);
      case TRANSLATE_X -> Affine.shift(argument * picture.width(), 0).apply(picture, fill);
      case TRANSLATE_Y -> Affine.shift(0, argument * picture.height()).apply(picture, fill);
    };
  }
}
