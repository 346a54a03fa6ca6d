package io.github.maskalign.cli.settings;

import io.github.maskalign.tensor.error.ArgumentException;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values that a number may have, in the notation of intervals: {@code [0, 1)} contains 0 and
 * not 1, and {@code *} is no bound.
 *
 * @param low lower bound; negative infinity for none
 * @param lowIncluded whether the lower bound is a value
 * @param high upper bound; infinity for none
 * @param highIncluded whether the upper bound is a value
 * @since 0.1.0
 */
public record ValueRange(double low, boolean lowIncluded, double high, boolean highIncluded) {

  private static final String NUMBER = "(-?[0-9.]+|\\*)";
  private static final Pattern INTERVAL =
      Pattern.compile("([\\[(])%s, %s([])])".formatted(NUMBER, NUMBER));

  /** Every number. */
  public static final ValueRange ALL =
      new ValueRange(Double.NEGATIVE_INFINITY, false, Double.POSITIVE_INFINITY, false);

  /**
   * Parses an interval; empty text means every number.
   *
   * @throws IllegalStateException if it is none: a bug
   */
  public static ValueRange parse(String text) {
    if (text.isEmpty()) {
      return ALL;
    }
    Matcher interval = INTERVAL.matcher(text);
    if (!interval.matches()) {
      throw new IllegalStateException("'" + text + "' is not an interval");
    }
    return new ValueRange(
        bound(interval.group(2), Double.NEGATIVE_INFINITY),
        interval.group(1).equals("["),
        bound(interval.group(3), Double.POSITIVE_INFINITY),
        interval.group(4).equals("]"));
  }

  private static double bound(String text, double open) {
    return text.equals("*") ? open : Double.parseDouble(text);
  }

  /** Whether a number is in the range. */
  public boolean contains(double value) {
    return (lowIncluded ? value >= low : value > low)
        && (highIncluded ? value <= high : value < high);
  }

  /**
   * Rejects a number out of range.
   *
   * @param name of the setting
   * @param text of the number, as it was given
   * @throws ArgumentException naming the option, the value and the range
   */
  public void require(String name, String text, double value) {
    if (!contains(value)) {
      throw new ArgumentException("--%s %s: must be %s".formatted(name, text, this));
    }
  }

  /** In words, such as {@code at least 0 and below 1}; empty for every number. */
  @Override
  public String toString() {
    boolean bounded = Double.isFinite(low);
    if (!Double.isFinite(high)) {
      return bounded ? lowIncluded ? plain(low) + " or more" : "above " + plain(low) : "";
    }
    if (!bounded) {
      return (highIncluded ? "at most " : "below ") + plain(high);
    }
    if (lowIncluded && highIncluded) {
      return "from %s to %s".formatted(plain(low), plain(high));
    }
    return "%s %s and %s %s"
        .formatted(
            lowIncluded ? "at least" : "above",
            plain(low),
            highIncluded ? "at most" : "below",
            plain(high));
  }

  private static String plain(double bound) {
    return new BigDecimal(Double.toString(bound)).stripTrailingZeros().toPlainString();
  }
}
