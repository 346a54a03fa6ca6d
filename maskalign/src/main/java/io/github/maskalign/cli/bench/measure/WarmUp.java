package io.github.maskalign.cli.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The calls before a measurement, while the JIT compiles: which were faster than all earlier. */
public final class WarmUp {

  /** A call is as fast as the median if it takes at most this multiple of it. */
  private static final double STEADY = 1.1;

  private record Low(long calls, double elapsed, double seconds) {}

  private final List<Low> lows = new ArrayList<>();
  private long calls;
  private double elapsed;
  private long fastest = Long.MAX_VALUE;

  /**
   * When calls became as fast as they stayed.
   *
   * @param calls until then, and with the first such call
   * @param seconds that they took
   */
  public record Settled(long calls, double seconds) {}

  void add(long nanos) {
    calls++;
    elapsed += 1e-9 * nanos;
    if (nanos < fastest) {
      fastest = nanos;
      lows.add(new Low(calls, elapsed, 1e-9 * nanos));
    }
  }

  /** Nanoseconds of the fastest call. */
  long fastest() {
    return fastest;
  }

  /**
   * The first call that took at most 1.1 times the median of the measurement; empty if none did.
   *
   * @param median in seconds
   */
  Optional<Settled> settled(double median) {
    return lows.stream()
        .filter(low -> low.seconds <= STEADY * median)
        .findFirst()
        .map(low -> new Settled(low.calls, low.elapsed));
  }
}
