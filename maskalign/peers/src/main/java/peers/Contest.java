package peers;

import java.util.Arrays;

/**
 * Times two contenders alternately, round by round, in one process: the speed of a shared machine
 * varies, so only runs close in time are comparable.
 */
final class Contest {

  private static final int MIN_WARM_UPS = 3;

  /** Work that takes less time runs several times per round. */
  private static final double MIN_ROUND_NANOS = 2e6;

  private final Clock clock;
  private final int rounds;
  private final long warmUpNanos;

  /**
   * Creates a contest.
   *
   * @param warmUpSeconds for each contender before the first round
   */
  Contest(Clock clock, int rounds, double warmUpSeconds) {
    this.clock = clock;
    this.rounds = rounds;
    this.warmUpNanos = (long) (1e9 * warmUpSeconds);
  }

  /** The same contest with another warm-up time per contender. */
  Contest warmedUpFor(double seconds) {
    return new Contest(clock, rounds, seconds);
  }

  Result run(String name, Contender ours, Contender theirs) {
    int myRepeats = repeats(warmUp(ours));
    int peerRepeats = repeats(warmUp(theirs));
    double[] mine = new double[rounds];
    double[] peer = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      mine[round] = time(ours, myRepeats);
      peer[round] = time(theirs, peerRepeats);
    }
    return new Result(name, mine, peer);
  }

  /** Warms up by time, not by calls, as C2 needs seconds; returns the time of the shortest run. */
  private double warmUp(Contender contender) {
    double best = Double.MAX_VALUE;
    long end = System.nanoTime() + warmUpNanos;
    for (int i = 0; i < MIN_WARM_UPS || System.nanoTime() < end; i++) {
      best = Math.min(best, time(contender, 1));
    }
    return best;
  }

  private static int repeats(double nanos) {
    return (int) Math.max(1, MIN_ROUND_NANOS / Math.max(1, nanos));
  }

  private double time(Contender contender, int repeats) {
    long total = 0;
    for (int i = 0; i < repeats; i++) {
      contender.prepare();
      long start = clock.now();
      contender.run();
      total += clock.now() - start;
      contender.finish();
    }
    return (double) total / repeats;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  static double min(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }
}
