package io.github.maskalign.cli.compare;

import java.util.Locale;

/**
 * Mean and spread of the same figure over seeds.
 *
 * @param count how many
 * @param mean their mean
 * @param deviation their standard deviation (unbiased variance), NaN of one alone
 * @since 0.1.0
 */
public record Spread(int count, double mean, double deviation) {

  /** Of these figures, one or more. */
  public static Spread of(double... figures) {
    if (figures.length == 0) {
      throw new IllegalArgumentException("spread: needs one figure at least");
    }
    double sum = 0;
    for (double figure : figures) {
      sum += figure;
    }
    double mean = sum / figures.length;
    double squares = 0;
    for (double figure : figures) {
      squares += (figure - mean) * (figure - mean);
    }
    double deviation = figures.length == 1 ? Double.NaN : Math.sqrt(squares / (figures.length - 1));
    return new Spread(figures.length, mean, deviation);
  }

  /** {@code 61.3 +- 0.4}, or the mean alone. */
  public String text(int digits) {
    String number = "%." + digits + "f";
    return Double.isNaN(deviation)
        ? String.format(Locale.ROOT, number, mean)
        : String.format(Locale.ROOT, number + " +- " + number, mean, deviation);
  }
}
