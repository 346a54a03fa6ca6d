package io.github.maskalign.vit.image.resize;

import java.util.Locale;
import java.util.Optional;

/**
 * Resampling filters, in the order of the numbers by which Pillow and published configurations
 * refer to them. All but the nearest neighbor are antialiased: they widen when an image shrinks.
 *
 * @since 0.1.0
 */
public enum Filter {
  /** The input pixel at the center of each output pixel. */
  NEAREST(0),
  /** A sinc windowed by a wider one, of three lobes. */
  LANCZOS(3),
  /** A triangle. */
  BILINEAR(1),
  /** Keys' cubic with a = -0.5. */
  BICUBIC(2),
  /** The mean of the input pixels that an output pixel covers. */
  BOX(0.5),
  /** A sinc under a Hamming window, of one lobe. */
  HAMMING(1);

  private static final double SHARPNESS = -0.5;

  private final double support;

  Filter(double support) {
    this.support = support;
  }

  /** The filter of a number in a configuration; empty if there is none. */
  public static Optional<Filter> ofNumber(int number) {
    return number >= 0 && number < values().length
        ? Optional.of(values()[number])
        : Optional.empty();
  }

  /** The filter of a name such as {@code "bicubic"}; empty if there is none. */
  public static Optional<Filter> ofName(String name) {
    for (Filter filter : values()) {
      if (filter.toString().equals(name)) {
        return Optional.of(filter);
      }
    }
    return Optional.empty();
  }

  /** Half the width of the filter, in pixels of the coarser image. */
  double support() {
    return support;
  }

  /** The weight at a distance from the center. */
  double weight(double distance) {
    double x = Math.abs(distance);
    return switch (this) {
      case NEAREST -> throw new IllegalStateException("the nearest neighbor has no weights");
      case BOX -> distance > -support && distance <= support ? 1 : 0;
      case BILINEAR -> x < 1 ? 1 - x : 0;
      case HAMMING -> x < 1 ? sinc(x) * (0.54 + 0.46 * StrictMath.cos(Math.PI * x)) : 0;
      case BICUBIC -> cubic(x);
      case LANCZOS -> x < support ? sinc(x) * sinc(x / support) : 0;
    };
  }

  /** Keys, "Cubic convolution interpolation for digital image processing", 1981. */
  private static double cubic(double x) {
    if (x < 1) {
      return ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * SHARPNESS : 0;
  }

  private static double sinc(double x) {
    double angle = Math.PI * x;
    return angle == 0 ? 1 : StrictMath.sin(angle) / angle;
  }

  /** The name in configurations. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
