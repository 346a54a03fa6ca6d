package io.github.maskalign.vectors;

import io.github.maskalign.vectors.cases.Finding;
import java.util.Locale;

/**
 * How a case went.
 *
 * @param name of the case
 * @param worst what came nearest to the limit, or went furthest past it
 */
record CaseResult(String name, Finding worst) {

  boolean passed() {
    return worst.passed();
  }

  /** Name, worst error, tolerance, pass or fail, where. */
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
