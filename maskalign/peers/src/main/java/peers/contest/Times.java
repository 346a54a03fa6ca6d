package peers.contest;

import java.util.List;

/**
 * What a side took in one JVM.
 *
 * @param side its name
 * @param wall nanoseconds of wall time of a call, one per round
 * @param cpu nanoseconds of processor time of a call, one per round
 * @param warmUpCalls calls before the first round
 * @param warmUpSeconds time before the first round
 * @param settled whether its time had settled by then
 */
public record Times(
    String side,
    double[] wall,
    double[] cpu,
    int warmUpCalls,
    double warmUpSeconds,
    boolean settled) {

  static Times of(String side, WarmUp.Report warmUp, List<Sample> rounds) {
    return new Times(
        side,
        rounds.stream().mapToDouble(Sample::wall).toArray(),
        rounds.stream().mapToDouble(Sample::cpu).toArray(),
        warmUp.calls(),
        warmUp.seconds(),
        warmUp.settled());
  }
}
