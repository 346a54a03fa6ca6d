package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ShapeException;

/**
 * image -> [C, size, size]: the input of a network in evaluation. The image is converted to the
 * network's channels, its shorter side is resized (bicubic, keeping the aspect ratio), and the
 * center is cropped and normalized.
 *
 * @param size height and width of the input
 * @param shortSide length of the shorter side after resizing; if 0, both sides are resized to
 *     {@code size} regardless of the aspect ratio
 * @param wholeIfExact whether an image of exactly {@code size} is neither resized nor cropped
 * @param stats for normalization; one channel means gray input
 * @since 0.1.0
 */
public record Preprocessing(int size, int shortSide, boolean wholeIfExact, ChannelStats stats) {

  private static final double CROP_FRACTION = 224.0 / 256;
  private static final int MAX_CROPPED_SIZE = 224;

  /**
   * Checks the sizes.
   *
   * @throws ShapeException if the crop does not fit into the resized image
   */
  public Preprocessing {
    if (size < 1 || shortSide < 0 || shortSide != 0 && shortSide < size) {
      throw new ShapeException(
          ("preprocessing: cannot crop %d pixels from a shorter side of %d; set the shorter side"
                      + " to 0")
                  .formatted(size, shortSide)
              + " or at least the size");
    }
  }

  /**
   * The default: 7/8 of the shorter side for inputs of up to 224 pixels and all of it for larger
   * ones, as in MAE's evaluation; an image of the input's size is used whole.
   */
  public static Preprocessing of(int size, ChannelStats stats) {
    int shortSide = size <= MAX_CROPPED_SIZE ? (int) (size / CROP_FRACTION) : size;
    return new Preprocessing(size, shortSide, true, stats);
  }

  /**
   * A center crop of a fraction of the shorter side, timm's {@code crop_pct}.
   *
   * @param fraction above 0; above 1 it counts as 1
   */
  public static Preprocessing centerCrop(int size, double fraction, ChannelStats stats) {
    return new Preprocessing(size, Math.max(size, (int) (size / fraction)), false, stats);
  }

  /**
   * For an input of another size: {@linkplain #of the default} for that size if an image of the
   * input's size is used whole, else the same part of an image.
   */
  public Preprocessing withSize(int newSize) {
    return wholeIfExact
        ? of(newSize, stats)
        : new Preprocessing(
            newSize, (int) Math.round((double) shortSide * newSize / size), false, stats);
  }

  /** image -> [C, size, size], normalized. */
  public float[] apply(Picture picture) {
    return normalized(view(picture));
  }

  /** image -> view of the network: resized, cropped and in its channels, before normalization. */
  public Picture view(Picture picture) {
    Picture input = picture.withChannels(stats.channels());
    if (wholeIfExact && picture.height() == size && picture.width() == size) {
      return input;
    }
    if (shortSide == 0) {
      return Resize.bicubic(size, size).apply(input);
    }
    int shorter = Math.min(picture.height(), picture.width());
    Resize resize = Resize.bicubic(side(picture.height(), shorter), side(picture.width(), shorter));
    int top = (int) Math.rint((resize.height() - size) / 2.0);
    int left = (int) Math.rint((resize.width() - size) / 2.0);
    return resize.apply(input).crop(top, left, size, size);
  }

  private int side(int length, int shorter) {
    return (int) ((long) shortSide * length / shorter);
  }

  /** view -> [C, size, size]: normalizes the result of {@link #view}. */
  public float[] normalized(Picture view) {
    float[] values = new float[stats.channels() * size * size];
    new Normalize(stats).write(view, false, values, 0);
    return values;
  }
}
