package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ArgumentException;

/**
 * An interval of numbers.
 *
 * @param from lower end
 * @param to upper end, not below {@code from}
 * @since 0.1.0
 */
public record Range(double from, double to) {

  /** Checks that the ends are finite and in order. */
  public Range {
    if (!Double.isFinite(from) || !Double.isFinite(to) || from > to) {
      throw new ArgumentException("range from %s to %s".formatted(from, to));
    }
  }

  /** Interpolates linearly between the ends: 0 is {@code from}, 1 is {@code to}. */
  public double at(double share) {
    return from + (to - from) * share;
  }

  /** The logarithms of the ends; {@link StrictMath} gives the same bits on every machine. */
  public Range log() {
    return new Range(StrictMath.log(from), StrictMath.log(to));
  }
}
