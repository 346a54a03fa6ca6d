package peers;

import java.util.Arrays;

/**
 * Two contenders by turns, round by round, in one process: a shared machine changes its speed, so
 * what is compared is what ran side by side.
 */
final class Contest {

  private static final int LEAST_WARM_UPS = 3;

  /**
   * Times of a contest in nanoseconds, a round each.
   *
   * @param ours this library's
   * @param theirs the peer's
   */
  record Times(double[] ours, double[] theirs) {}

  private final Clock clock;
  private final long warmUpNanos;

  Contest(Clock clock, double warmUpSeconds) {
    this.clock = clock;
    this.warmUpNanos = (long) (1e9 * warmUpSeconds);
  }

  Times run(Runnable ours, Runnable theirs, int rounds) {
    warmUp(ours);
    warmUp(theirs);
    double[] mine = new double[rounds];
    double[] peer = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      mine[round] = time(ours);
      peer[round] = time(theirs);
    }
    return new Times(mine, peer);
  }

  /** By time, not by calls: C2 needs seconds. */
  private void warmUp(Runnable work) {
    long end = System.nanoTime() + warmUpNanos;
    for (int i = 0; i < LEAST_WARM_UPS || System.nanoTime() < end; i++) {
      work.run();
    }
  }

  private double time(Runnable work) {
    long start = clock.now();
    work.run();
    return clock.now() - start;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
