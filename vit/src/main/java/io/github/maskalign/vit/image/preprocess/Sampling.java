package io.github.maskalign.vit.image.preprocess;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PixelMode;
import io.github.maskalign.vit.image.Resize;
import io.github.maskalign.vit.image.StoredPicture;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.ExactResize;
import io.github.maskalign.vit.image.resize.Filter;
import java.util.function.DoubleUnaryOperator;

/**
 * How images are resized.
 *
 * @param filter of the pixels
 * @param arithmetic of its sums
 * @since 0.1.0
 */
public record Sampling(Filter filter, Arithmetic arithmetic) {

  private static final int MAX = 255;
  private static final int MAX_WIDE = 65535;

  /** Pillow's antialiased bicubic filter, which most networks are trained with. */
  public static final Sampling BICUBIC = new Sampling(Filter.BICUBIC, Arithmetic.PILLOW);

  /**
   * Checks that the arithmetic has the filter.
   *
   * @throws ArgumentException if it does not
   */
  public Sampling {
    boolean pillowOnly = filter == Filter.BOX || filter == Filter.HAMMING;
    if (pillowOnly && arithmetic != Arithmetic.PILLOW) {
      throw new ArgumentException(
          "torchvision has no %s filter, Pillow has; choose Pillow's arithmetic".formatted(filter));
    }
  }

  /** Such as "bilinear as in torchvision". */
  @Override
  public String toString() {
    return switch (arithmetic) {
      case PILLOW -> filter + " as in Pillow";
      case TORCHVISION -> filter + " as in torchvision";
      case FLOAT -> filter + " without rounding";
    };
  }

  /** image [C, H, W] of 8 bits -> [C, size]. */
  Picture apply(Picture picture, ImageSize size) {
    if (arithmetic == Arithmetic.FLOAT) {
      return rounded(values(picture, size), picture.channels(), size);
    }
    return new Resize(size.height(), size.width(), filter, arithmetic).apply(picture);
  }

  /** image [C, H, W] of 8 bits -> levels [C, size], not rounded. */
  double[] values(Picture picture, ImageSize size) {
    int area = size.height() * size.width();
    double[] all = new double[picture.channels() * area];
    for (int c = 0; c < picture.channels(); c++) {
      int plane = picture.plane(c);
      ExactResize.Rows rows =
          (y, into) -> {
            for (int x = 0; x < into.length; x++) {
              into[x] = picture.pixels()[plane + y * picture.width() + x] & 0xff;
            }
          };
      double[] resized = exact(rows, picture.height(), picture.width(), size, v -> (float) v);
      System.arraycopy(resized, 0, all, c * area, area);
    }
    return all;
  }

  private double[] exact(
      ExactResize.Rows rows, int height, int width, ImageSize size, DoubleUnaryOperator rounding) {
    return ExactResize.apply(filter, rows, height, width, size.height(), size.width(), rounding);
  }

  private static Picture rounded(double[] levels, int channels, ImageSize size) {
    byte[] pixels = new byte[levels.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Math.clamp(Math.round(levels[i]), 0, MAX);
    }
    return Picture.of(pixels, channels, size.height(), size.width());
  }

  /** Resizes an image in its own mode, as Pillow does. */
  StoredPicture apply(StoredPicture stored, ImageSize size) {
    Picture samples = stored.samples();
    if (samples.height() == size.height() && samples.width() == size.width()) {
      return stored;
    }
    PixelMode mode = stored.mode();
    if (mode == PixelMode.GRAY_16) {
      return stored.with(wide(stored, size));
    }
    Sampling own = mode.discrete() ? new Sampling(Filter.NEAREST, arithmetic) : this;
    return stored.with(mode.alpha() ? own.premultiplied(samples, size) : own.apply(samples, size));
  }

  /** Resizes colors weighted by alpha, the last plane, as Pillow does unless for the nearest. */
  Picture premultiplied(Picture picture, ImageSize size) {
    boolean same = picture.height() == size.height() && picture.width() == size.width();
    if (filter == Filter.NEAREST || same) {
      return apply(picture, size);
    }
    return Premultiplied.undo(apply(Premultiplied.of(picture), size));
  }

  private Picture wide(StoredPicture stored, ImageSize size) {
    int width = stored.samples().width();
    ExactResize.Rows rows =
        (y, into) -> {
          for (int x = 0; x < into.length; x++) {
            into[x] = stored.wide(y * width + x);
          }
        };
    double[] values =
        exact(
            rows,
            stored.samples().height(),
            width,
            size,
            v -> Math.clamp(Math.floor(v + 0.5), 0.0, (double) MAX_WIDE));
    byte[] both = new byte[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      both[i] = (byte) ((int) values[i] >> 8);
      both[values.length + i] = (byte) (int) values[i];
    }
    return Picture.of(both, 2, size.height(), size.width());
  }
}
