package peers.contest;

import java.util.Arrays;

/** Medians. */
public final class Median {

  private Median() {}

  /** The middle value, or the mean of the two middle ones. */
  public static double of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    if (n == 0) {
      throw new IllegalArgumentException("median: no values");
    }
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
