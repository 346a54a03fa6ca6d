package peers.contest;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A contest in one JVM.
 *
 * @param name of the work
 * @param threads that each side uses
 * @param ours times of MaskAlign
 * @param peers times of the others
 * @param load of the machine during the rounds
 * @param dropped rounds that were repeated because a JIT compiler ran
 * @param jitShare share of the wall time of the remaining rounds in which a JIT compiler ran
 */
public record Result(
    String name,
    int threads,
    Times ours,
    List<Times> peers,
    Load load,
    int dropped,
    double jitShare) {

  /** Median of the rounds' ratios of wall time, ours over that of a peer. */
  public double wall(int peer) {
    return ratio(ours.wall(), peers.get(peer).wall());
  }

  /** Median of the rounds' ratios of processor time, ours over that of a peer. */
  public double cpu(int peer) {
    return ratio(ours.cpu(), peers.get(peer).cpu());
  }

  private static double ratio(double[] ours, double[] theirs) {
    return Median.of(
        IntStream.range(0, ours.length).mapToDouble(i -> ours[i] / theirs[i]).toArray());
  }
}
