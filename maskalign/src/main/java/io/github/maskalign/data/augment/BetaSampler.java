package io.github.maskalign.data.augment;

import io.github.maskalign.tensor.random.Philox;

/** Samples the symmetric beta distribution, from two gamma draws. */
final class BetaSampler {

  private BetaSampler() {}

  /** Draws from Beta(alpha, alpha); {@code draws} must be a stream for this purpose only. */
  static double symmetric(double alpha, Philox draws) {
    double first = logGamma(alpha, draws.at(0));
    double second = logGamma(alpha, draws.at(1));
    return 1 / (1 + StrictMath.exp(second - first));
  }

  /**
   * The logarithm of a Gamma(shape) draw, since for small shapes the draw itself may underflow
   * (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; its section 6 for
   * shapes below 1).
   */
  private static double logGamma(double shape, Philox draws) {
    boolean small = shape < 1;
    double d = (small ? shape + 1 : shape) - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    double raised = small ? StrictMath.log(draws.stream("raise").uniformOpen(0)) / shape : 0;
    for (long t = 0; ; t++) {
      Philox attempt = draws.at(t);
      double x = attempt.normal(0);
      double v = 1 + c * x;
      if (v > 0) {
        double cube = v * v * v;
        double logU = StrictMath.log(attempt.uniformOpen(2));
        if (logU < 0.5 * x * x + d - d * cube + d * StrictMath.log(cube)) {
          return StrictMath.log(d * cube) + raised;
        }
      }
    }
  }
}
