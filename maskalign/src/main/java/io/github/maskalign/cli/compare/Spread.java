package io.github.maskalign.cli.compare;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Locale;

/**
 * Mean and standard deviation of a metric over seeds.
 *
 * @param count number of values
 * @param mean of the values
 * @param deviation standard deviation (unbiased variance); NaN for a single value
 * @since 0.1.0
 */
public record Spread(int count, double mean, double deviation) {

  /** Mean and deviation of one or more values. */
  public static Spread of(double... figures) {
    if (figures.length == 0) {
      throw new ArgumentException("spread: requires at least one value");
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
