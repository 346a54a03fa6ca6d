package io.github.maskalign.vit.image.preprocess;

import io.github.maskalign.tensor.error.ArgumentException;
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

  /** image [C, H, W] of 8 bits -> [C, region]. */
  Picture apply(Picture picture, Region region) {
    if (arithmetic == Arithmetic.FLOAT) {
      return rounded(values(picture, region), picture.channels(), region);
    }
    return new Resize(region.rows(), region.columns(), filter, arithmetic).apply(picture);
  }

  /** image [C, H, W] of 8 bits -> levels [C, region], not rounded. */
  double[] values(Picture picture, Region region) {
    int area = region.area();
    double[] all = new double[picture.channels() * area];
    for (int c = 0; c < picture.channels(); c++) {
      int plane = picture.plane(c);
      ExactResize.Rows rows =
          (y, into) -> {
            for (int x = 0; x < into.length; x++) {
              into[x] = picture.pixels()[plane + y * picture.width() + x] & 0xff;
            }
          };
      double[] resized = exact(rows, picture, region, v -> (float) v);
      System.arraycopy(resized, 0, all, c * area, area);
    }
    return all;
  }

  private double[] exact(
      ExactResize.Rows rows, Picture picture, Region region, DoubleUnaryOperator rounding) {
    return new ExactResize(filter, rounding)
        .apply(rows, picture.height(), picture.width(), region.rows(), region.columns());
  }

  private static Picture rounded(double[] levels, int channels, Region region) {
    byte[] pixels = new byte[levels.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Math.clamp(Math.round(levels[i]), 0, MAX);
    }
    return Picture.of(pixels, channels, region.height(), region.width());
  }

  /** Resizes an image in its own mode, as Pillow does. */
  StoredPicture apply(StoredPicture stored, Region region) {
    Picture samples = stored.samples();
    if (region.sized(samples)) {
      return stored.with(region.of(samples));
    }
    PixelMode mode = stored.mode();
    if (mode == PixelMode.GRAY_16) {
      return stored.with(wide(stored, region));
    }
    Sampling own = mode.discrete() ? new Sampling(Filter.NEAREST, arithmetic) : this;
    return stored.with(
        mode.alpha() ? own.premultiplied(samples, region) : own.apply(samples, region));
  }

  /** Resizes colors weighted by alpha, the last plane, as Pillow does unless for the nearest. */
  Picture premultiplied(Picture picture, Region region) {
    if (filter == Filter.NEAREST || region.sized(picture)) {
      return apply(picture, region);
    }
    return Premultiplied.undo(apply(Premultiplied.of(picture), region));
  }

  private Picture wide(StoredPicture stored, Region region) {
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
            stored.samples(),
            region,
            v -> Math.clamp(Math.floor(v + 0.5), 0.0, (double) MAX_WIDE));
    byte[] both = new byte[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      both[i] = (byte) ((int) values[i] >> 8);
      both[values.length + i] = (byte) (int) values[i];
    }
    return Picture.of(both, 2, region.height(), region.width());
  }
}
