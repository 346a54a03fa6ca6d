package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ShapeException;

/**
 * The middle of a picture, as classifiers are evaluated: its shorter side is resized (bicubic), the
 * longer one in proportion, and a square is cut out.
 *
 * @param size side of the square
 * @param shortSide length of the shorter side after resizing
 * @since 0.1.0
 */
public record CenterView(int size, int shortSide) {

  private static final double SHARE = 224.0 / 256;
  private static final int PROBE_SHORT_SIDE = 256;
  private static final int PROBE_SIZE = 224;

  /** Refuses a square that does not fit. */
  public CenterView {
    if (size < 1 || shortSide < size) {
      throw new ShapeException(
          "center view of %d pixels out of %d: the square must fit".formatted(size, shortSide));
    }
  }

  /** Fine-tuning's: 7/8 of the shorter side is kept up to 224 pixels, all of it above. */
  public static CenterView of(int size) {
    return new CenterView(size, size <= PROBE_SIZE ? (int) (size / SHARE) : size);
  }

  /** The linear probe's: 224 of 256 pixels. */
  public static CenterView linearProbe() {
    return new CenterView(PROBE_SIZE, PROBE_SHORT_SIDE);
  }

  /** The square. */
  public Picture apply(Picture picture) {
    int height = picture.height();
    int width = picture.width();
    int shorter = Math.min(height, width);
    BicubicResize resize = new BicubicResize(side(height, shorter), side(width, shorter));
    int top = (int) Math.rint((resize.height() - size) / 2.0);
    int left = (int) Math.rint((resize.width() - size) / 2.0);
    return resize.apply(picture).crop(top, left, size, size);
  }

  private int side(int length, int shorter) {
    return (int) ((long) shortSide * length / shorter);
  }
}
