package io.github.maskalign.tensor.reference;

/** The Gauss error function in double precision. */
final class ErrorFunction {

  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
  private static final double SERIES_LIMIT = 2.5;
  private static final int FRACTION_DEPTH = 60;

  private ErrorFunction() {}

  /**
   * erf(x) to about 1e-15. Small arguments: {@code 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) /
   * (2n+1)!!} (Abramowitz and Stegun 7.1.6); large ones: the continued fraction of erfc (7.1.14).
   */
  static double erf(double x) {
    double a = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    double value = a < SERIES_LIMIT ? series(a) : a > 6 ? 1 : 1 - complement(a);
    return Math.copySign(value, x);
  }

  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; term > 1e-18 * sum; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
  }

  private static double complement(double x) {
    double fraction = x;
    for (int n = FRACTION_DEPTH; n >= 1; n--) {
      fraction = x + n / 2.0 / fraction;
    }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
  }
}
