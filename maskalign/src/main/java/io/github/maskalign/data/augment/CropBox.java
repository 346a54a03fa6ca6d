package io.github.maskalign.data.augment;

import io.github.maskalign.data.Range;
import io.github.maskalign.tensor.random.Philox;

/**
 * A rectangular crop of a picture.
 *
 * @param top first row
 * @param left first column
 * @param height number of rows
 * @param width number of columns
 * @since 0.1.0
 */
public record CropBox(int top, int left, int height, int width) {

  private static final int TRIES = 10;

  // Positions of the draws in a sample's stream: two per try, then the position.
  private static final int TOP = 2 * TRIES;
  private static final int LEFT = TOP + 1;

  /**
   * A random box of a picture: an area of {@code height * width * U(scale)} with aspect ratio
   * {@code exp(U(log ratio))} at a uniform position (Szegedy et al., arXiv 1409.4842, as
   * torchvision does it). Up to ten boxes are drawn until one fits; otherwise it is the largest
   * central box whose ratio is in range.
   */
  public static CropBox random(int height, int width, Range scale, Range ratio, Philox draws) {
    for (int t = 0; t < TRIES; t++) {
      CropBox box =
          sized(
              height,
              width,
              scale.at(draws.uniformDouble(2 * t)),
              StrictMath.exp(ratio.log().at(draws.uniformDouble(2 * t + 1))));
      if (box.fits(height, width)) {
        int top = draws.below(TOP, height - box.height + 1);
        int left = draws.below(LEFT, width - box.width + 1);
        return new CropBox(top, left, box.height, box.width);
      }
    }
    return central(height, width, ratio);
  }

  /** A box with a share of the area and a ratio of width to height; it may exceed the picture. */
  public static CropBox sized(int height, int width, double share, double ratio) {
    double area = (double) height * width * share;
    int boxHeight = (int) Math.rint(Math.sqrt(area / ratio));
    int boxWidth = (int) Math.rint(Math.sqrt(area * ratio));
    return new CropBox(0, 0, boxHeight, boxWidth);
  }

  /**
   * A random box from a single draw, as in the official linear probe: a box that is too large is
   * clipped to the picture.
   */
  public static CropBox once(int height, int width, Range scale, Range ratio, Philox draws) {
    CropBox box =
        sized(
                height,
                width,
                scale.at(draws.uniformDouble(0)),
                StrictMath.exp(ratio.log().at(draws.uniformDouble(1))))
            .clamped(height, width);
    int top = draws.below(TOP, height - box.height + 1);
    int left = draws.below(LEFT, width - box.width + 1);
    return new CropBox(top, left, box.height, box.width);
  }

  /** The largest central box whose ratio is in range. */
  public static CropBox central(int height, int width, Range ratio) {
    double current = (double) width / height;
    int boxHeight = height;
    int boxWidth = width;
    if (current < ratio.from()) {
      boxHeight = (int) Math.rint(width / ratio.from());
    } else if (current > ratio.to()) {
      boxWidth = (int) Math.rint(height * ratio.to());
    }
    return new CropBox((height - boxHeight) / 2, (width - boxWidth) / 2, boxHeight, boxWidth);
  }

  /** Whether it is not empty and fits into a picture of that size. */
  public boolean fits(int pictureHeight, int pictureWidth) {
    return height > 0 && height <= pictureHeight && width > 0 && width <= pictureWidth;
  }

  /** A box of at least one pixel and at most the picture, at the top left. */
  public CropBox clamped(int pictureHeight, int pictureWidth) {
    return new CropBox(
        0, 0, Math.clamp(height, 1, pictureHeight), Math.clamp(width, 1, pictureWidth));
  }
}
