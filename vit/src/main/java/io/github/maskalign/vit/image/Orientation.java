package io.github.maskalign.vit.image;

/**
 * The EXIF orientation of an image: the transformation that makes it upright.
 *
 * @since 0.1.0
 */
public enum Orientation {
  /** None. */
  UPRIGHT(false, false, false),
  /** Flip left to right. */
  MIRRORED(false, true, false),
  /** Rotate by 180 degrees. */
  UPSIDE_DOWN(false, true, true),
  /** Flip top to bottom. */
  FLIPPED(false, false, true),
  /** Transpose rows and columns. */
  TRANSPOSED(true, false, false),
  /** Rotate by 90 degrees clockwise. */
  TURNED_LEFT(true, true, false),
  /** Transpose along the other diagonal. */
  TRANSVERSED(true, true, true),
  /** Rotate by 90 degrees counterclockwise. */
  TURNED_RIGHT(true, false, true);

  private final boolean transposed;
  private final boolean mirrored;
  private final boolean flipped;

  Orientation(boolean transposed, boolean mirrored, boolean flipped) {
    this.transposed = transposed;
    this.mirrored = mirrored;
    this.flipped = flipped;
  }

  /** Applies the transformation. */
  public Picture apply(Picture picture) {
    Picture turned = transposed ? picture.transposed() : picture;
    turned = mirrored ? turned.mirrored() : turned;
    return flipped ? turned.flipped() : turned;
  }

  /** The orientation with a number of the EXIF standard, 1 to 8. */
  static Orientation ofExif(int number) {
    return values()[number - 1];
  }
}
