package io.github.maskalign.data;

/**
 * An interval of numbers.
 *
 * @param from lower end
 * @param to upper end, not below {@code from}
 * @since 0.1.0
 */
public record Interval(double from, double to) {

  /** Refuses ends that are not finite or in the wrong order. */
  public Interval {
    if (!Double.isFinite(from) || !Double.isFinite(to) || from > to) {
      throw new IllegalArgumentException("range from %s to %s".formatted(from, to));
    }
  }

  /** The point that lies this share of the way from one end to the other. */
  public double at(double share) {
    return from + (to - from) * share;
  }

  /** The logarithms of the ends; {@link StrictMath} gives the same bits on every machine. */
  public Interval log() {
    return new Interval(StrictMath.log(from), StrictMath.log(to));
  }
}
