package io.github.maskalign.cli.bench.measure;

import java.util.Arrays;

/**
 * How long calls took.
 *
 * @param sorted seconds a call, the fastest first; one value at the least
 * @param calls number of calls behind them
 */
public record Samples(double[] sorted, long calls) {

  /** Sorts a copy. */
  public Samples {
    sorted = sorted.clone();
    Arrays.sort(sorted);
  }

  /** The value in the middle, or the mean of the two there. */
  public double median() {
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /** The fastest. */
  public double best() {
    return sorted[0];
  }
}
