package io.github.maskalign.vectors;

import io.github.maskalign.vectors.cases.Finding;
import java.util.Locale;

/**
 * The result of a case.
 *
 * @param name of the case
 * @param worst the comparison with the largest error relative to its tolerance
 */
record CaseResult(String name, Finding worst) {

  boolean passed() {
    return worst.passed();
  }

  /** One line: name, worst error, tolerance, pass or fail, location. */
  String line(int nameWidth) {
    String pattern = "%-" + nameWidth + "s  %s  %s  %s  %s%s";
    String detail = worst.detail().isEmpty() ? "" : ": " + worst.detail();
    return pattern.formatted(
        name,
        number(worst.error()),
        number(worst.tolerance()),
        passed() ? "pass" : "fail",
        worst.what(),
        detail.replaceAll("\\s+", " "));
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%8.2e", value) : "       -";
  }
}
