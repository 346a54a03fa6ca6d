package peers.table;

import java.util.Locale;

/**
 * What a figure should be.
 *
 * @param required the required value; NaN if none is set
 * @param desired the desired value; NaN if none is set
 * @param atLeast whether more is better
 */
public record Bar(double required, double desired, boolean atLeast) {

  /** For figures that are shown for information. */
  static final Bar NONE = new Bar(Double.NaN, Double.NaN, false);

  static Bar atMost(double required, double desired) {
    return new Bar(required, desired, false);
  }

  static Bar atLeast(double required, double desired) {
    return new Bar(required, desired, true);
  }

  /** "met", "met, desired", "missed", or empty without a required value. */
  String verdict(double figure) {
    if (Double.isNaN(required)) {
      return "";
    }
    if (!reaches(figure, required)) {
      return "**missed**";
    }
    return reaches(figure, desired) ? "met, desired" : "met";
  }

  private boolean reaches(double figure, double value) {
    return atLeast ? figure >= value : figure <= value;
  }

  String requiredText() {
    return Double.isNaN(required) ? "" : (atLeast ? ">= " : "<= ") + number(required);
  }

  String desiredText() {
    return Double.isNaN(desired) ? "" : number(desired);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
