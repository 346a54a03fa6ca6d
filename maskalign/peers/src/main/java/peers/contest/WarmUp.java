package peers.contest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs a side until its time has settled: the medians of two consecutive windows of calls agree,
 * and the JIT compilers were idle in both. A fixed time would give a slow side few calls and a fast
 * one many.
 */
final class WarmUp {

  /** A window has at least so many calls and takes at least so long. */
  static final int WINDOW_CALLS = 3;

  static final long WINDOW_NANOS = 500_000_000L;

  /** How much two medians may differ. */
  static final double TOLERANCE = 0.03;

  /** Share of a window in which a compiler may run: a method of the harness, now and then. */
  static final double JIT_SHARE = 0.005;

  /** Gives up after so many windows, ... */
  static final int MOST_WINDOWS = 20;

  /** ... or after this time, but not before the windows below. */
  static final long MOST_NANOS = 60_000_000_000L;

  static final int LEAST_WINDOWS = 4;

  private final LongSupplier clock;
  private final LongSupplier jit;

  /**
   * Creates a warm-up.
   *
   * @param clock nanoseconds of wall time
   * @param jit nanoseconds that the JIT compilers have used
   */
  WarmUp(LongSupplier clock, LongSupplier jit) {
    this.clock = clock;
    this.jit = jit;
  }

  /**
   * What a warm-up took.
   *
   * @param calls number of calls
   * @param seconds of wall time
   * @param settled whether the time settled within the bounds
   * @param call median nanoseconds of wall time of a call in the last window
   */
  record Report(int calls, double seconds, boolean settled, double call) {}

  private record Window(int calls, double wall, double cost, boolean compiled) {}

  /**
   * Warms up a side.
   *
   * @param threads that it uses; the time that must settle is the processor time of one thread,
   *     which other load disturbs less, else the wall time
   */
  Report run(Side side, int threads) {
    long start = clock.getAsLong();
    int calls = 0;
    Window last = null;
    for (int windows = 1; ; windows++) {
      Window window = window(side, threads);
      calls += window.calls;
      long elapsed = clock.getAsLong() - start;
      boolean settled =
          last != null
              && !last.compiled
              && !window.compiled
              && Math.abs(window.cost - last.cost) <= TOLERANCE * last.cost;
      boolean givenUp =
          windows >= MOST_WINDOWS || windows >= LEAST_WINDOWS && elapsed >= MOST_NANOS;
      if (settled || givenUp) {
        return new Report(calls, 1e-9 * elapsed, settled, window.wall);
      }
      last = window;
    }
  }

  private Window window(Side side, int threads) {
    long start = clock.getAsLong();
    long compiling = jit.getAsLong();
    List<Sample> samples = new ArrayList<>();
    long elapsed;
    do {
      samples.add(side.time(1));
      elapsed = clock.getAsLong() - start;
    } while (samples.size() < WINDOW_CALLS || elapsed < WINDOW_NANOS);
    double wall = Median.of(samples.stream().mapToDouble(Sample::wall).toArray());
    double cpu = Median.of(samples.stream().mapToDouble(Sample::cpu).toArray());
    boolean compiled = jit.getAsLong() - compiling > JIT_SHARE * elapsed;
    return new Window(samples.size(), wall, threads == 1 ? cpu : wall, compiled);
  }
}
