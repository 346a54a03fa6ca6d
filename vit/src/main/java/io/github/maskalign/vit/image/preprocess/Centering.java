package io.github.maskalign.vit.image.preprocess;

/**
 * How the odd pixel is distributed where half of it would be left over.
 *
 * @since 0.1.0
 */
public enum Centering {
  /** Both for a crop and for a border the offset is rounded down, as by transformers on Pillow. */
  FLOOR,
  /** The offset is rounded toward zero, as by transformers on torchvision. */
  TRUNCATE,
  /** A crop rounds to the even number, a border toward zero, as by torchvision and timm. */
  HALF_EVEN;

  /** The first row or column of a crop; negative if it starts in a border. */
  public int offset(int length, int cropped) {
    int beyond = length - cropped;
    return switch (this) {
      case FLOOR -> Math.floorDiv(beyond, 2);
      case TRUNCATE -> beyond / 2;
      case HALF_EVEN -> beyond < 0 ? beyond / 2 : (int) Math.rint(beyond / 2.0);
    };
  }
}
