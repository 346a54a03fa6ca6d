package io.github.maskalign.vectors.cases;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/**
 * The result of one comparison.
 *
 * @param what the tensor or other quantity
 * @param passed whether it meets its rule
 * @param error of the worst element
 * @param tolerance for that element
 * @param detail what is wrong, or empty
 */
public record Finding(String what, boolean passed, double error, double tolerance, String detail)
    implements Comparable<Finding> {

  /** A comparison that is true or false, without a numeric error. */
  static Finding plain(String what, boolean passed, String detail) {
    return new Finding(what, passed, passed ? 0 : Double.NaN, 0, passed ? "" : detail);
  }

  /** Error divided by tolerance; infinite or NaN if the tolerance is zero. */
  private double ratio() {
    return ratio(error, tolerance);
  }

  private static double ratio(double error, double tolerance) {
    return error == 0 ? 0 : error / tolerance;
  }

  /** Orders comparisons by severity; the worse one is greater. */
  @Override
  public int compareTo(Finding other) {
    return passed == other.passed
        ? Double.compare(ratio(), other.ratio())
        : Boolean.compare(other.passed, passed);
  }

  /** Compares all elements. */
  static Finding compare(String what, HostTensor got, HostTensor expected, PassRule rule) {
    return compare(what, got, expected, rule, _ -> 0);
  }

  /** Compares all elements, of which each has some slack besides its tolerance. */
  static Finding compare(
      String what, HostTensor got, HostTensor expected, PassRule rule, IntToDoubleFunction slack) {
    if (!Arrays.equals(got.dims(), expected.dims())) {
      return plain(
          what,
          false,
          "shape is %s, expected %s"
              .formatted(Arrays.toString(got.dims()), Arrays.toString(expected.dims())));
    }
    return new Comparison(got, expected, rule, slack).finding(what);
  }

  /** Iterates over the elements of two tensors of the same shape. */
  private static final class Comparison {
    private final double[] got;
    private final double[] expected;
    private final PassRule rule;
    private final IntToDoubleFunction slack;

    /** Errors divided by tolerances, NaN as infinity; excluded elements are 0. */
    private final double[] ratios;

    private int compared;
    private int broken;
    private int withinTight;

    private Comparison(
        HostTensor got, HostTensor expected, PassRule rule, IntToDoubleFunction slack) {
      this.got = got.values();
      this.expected = expected.values();
      this.rule = rule;
      this.slack = slack;
      this.ratios = new double[this.got.length];
      BitSet excluded = rule.excluded(got.dims(), ratios.length);
      for (int i = excluded.nextClearBit(0); i < ratios.length; i = excluded.nextClearBit(i + 1)) {
        visit(i);
      }
    }

    private void visit(int i) {
      compared++;
      double ratio = ratio(error(i), tolerance(i));
      // Written so that NaN fails the rule.
      boolean kept = error(i) <= tolerance(i);
      broken += kept ? 0 : 1;
      ratios[i] = Double.isNaN(ratio) ? Double.POSITIVE_INFINITY : ratio;
      if (rule.tight() != null && error(i) <= rule.tight().atol()) {
        withinTight++;
      }
    }

    private double error(int i) {
      return got[i] == expected[i] ? 0 : Math.abs(got[i] - expected[i]);
    }

    /** Zero for an infinite number, which would otherwise tolerate anything. */
    private double tolerance(int i) {
      return Double.isInfinite(expected[i])
          ? 0
          : rule.atol() + rule.rtol() * Math.abs(expected[i]) + slack.applyAsDouble(i);
    }

    private Finding finding(String what) {
      if (compared == 0 && got.length > 0) {
        return plain(what, false, "every row is excluded from comparison");
      }
      if (got.length == 0) {
        return plain(what, true, "");
      }
      int forgiven = (int) (rule.outliers() * compared);
      int worst = worstAfter(forgiven);
      boolean tightHolds =
          rule.tight() == null || withinTight >= rule.tight().fraction() * compared;
      String detail = "";
      if (broken > forgiven) {
        detail =
            "element %d is %s, expected %s; %d of %d elements differ too much"
                .formatted(worst, text(got[worst]), text(expected[worst]), broken, compared);
      } else if (!tightHolds) {
        detail =
            "%d of %d elements are within %s, at least %s of them must be"
                .formatted(
                    withinTight, compared, text(rule.tight().atol()), rule.tight().fraction());
      }
      return new Finding(what, detail.isEmpty(), error(worst), tolerance(worst), detail);
    }

    /** The worst element except for {@code forgiven} worse ones. */
    private int worstAfter(int forgiven) {
      if (forgiven == 0) {
        int worst = 0;
        for (int i = 1; i < ratios.length; i++) {
          worst = ratios[i] > ratios[worst] ? i : worst;
        }
        return worst;
      }
      Integer[] order = new Integer[ratios.length];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> Double.compare(ratios[b], ratios[a]));
      return order[Math.min(forgiven, order.length - 1)];
    }

    private static String text(double value) {
      return String.format(Locale.ROOT, "%.7g", value);
    }
  }
}
