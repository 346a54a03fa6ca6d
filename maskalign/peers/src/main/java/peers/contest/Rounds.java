package peers.contest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs sides in turn. A round in which a JIT compiler ran is dropped and repeated, since the
 * compiler's time would count as that of the side, and its thread takes a processor.
 */
final class Rounds {

  /** Work that takes less time runs several times per round, so that the load can be measured. */
  static final double MIN_NANOS = 20e6;

  /** Share of a round in which a compiler may run. */
  static final double JIT_SHARE = 0.005;

  /** So many times the rounds asked for are dropped at most. */
  static final int MOST_DROPPED = 2;

  private final LongSupplier clock;
  private final LongSupplier jit;
  private final int count;

  /**
   * Creates rounds.
   *
   * @param clock nanoseconds of wall time
   * @param jit nanoseconds that the JIT compilers have used
   * @param count number of rounds
   */
  Rounds(LongSupplier clock, LongSupplier jit, int count) {
    this.clock = clock;
    this.jit = jit;
    this.count = count;
  }

  /**
   * What was measured.
   *
   * @param samples by side, one per round
   * @param dropped number of rounds that were repeated
   * @param jitShare share of the wall time of the other rounds in which a compiler ran
   */
  record Outcome(List<List<Sample>> samples, int dropped, double jitShare) {}

  /**
   * Runs the rounds.
   *
   * @param calls of each side per round
   */
  Outcome run(List<Side> sides, List<Integer> calls) {
    List<List<Sample>> samples = new ArrayList<>();
    sides.forEach(side -> samples.add(new ArrayList<>()));
    int dropped = 0;
    double wall = 0;
    double compiled = 0;
    for (int kept = 0; kept < count; ) {
      long compiling = jit.getAsLong();
      long start = clock.getAsLong();
      List<Sample> round = new ArrayList<>();
      for (int i = 0; i < sides.size(); i++) {
        round.add(sides.get(i).time(calls.get(i)));
      }
      double roundWall = clock.getAsLong() - start;
      double roundCompiled = jit.getAsLong() - compiling;
      if (roundCompiled > JIT_SHARE * roundWall && dropped < MOST_DROPPED * count) {
        dropped++;
        continue;
      }
      kept++;
      wall += roundWall;
      compiled += roundCompiled;
      for (int i = 0; i < round.size(); i++) {
        samples.get(i).add(round.get(i));
      }
    }
    return new Outcome(samples, dropped, compiled / wall);
  }

  /** Calls per round of work that takes so long. */
  static int calls(double nanos) {
    return (int) Math.max(1, Math.ceil(MIN_NANOS / Math.max(1, nanos)));
  }
}
