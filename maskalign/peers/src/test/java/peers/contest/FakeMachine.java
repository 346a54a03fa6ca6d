package peers.contest;

import java.util.function.IntToLongFunction;

/** A machine whose clocks only move when a side runs. */
final class FakeMachine {

  long wall;
  long jit;

  /**
   * A side whose calls take given times.
   *
   * @param wallNanos of a call, by its number from 0
   * @param jitNanos that a compiler uses during a call
   */
  FakeSide side(IntToLongFunction wallNanos, IntToLongFunction jitNanos) {
    return new FakeSide(wallNanos, jitNanos);
  }

  /** Counts its calls. */
  final class FakeSide implements Side {
    private final IntToLongFunction wallNanos;
    private final IntToLongFunction jitNanos;
    int calls;

    private FakeSide(IntToLongFunction wallNanos, IntToLongFunction jitNanos) {
      this.wallNanos = wallNanos;
      this.jitNanos = jitNanos;
    }

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public Sample time(int count) {
      long before = wall;
      for (int i = 0; i < count; i++) {
        wall += wallNanos.applyAsLong(calls);
        jit += jitNanos.applyAsLong(calls);
        calls++;
      }
      double mean = (double) (wall - before) / count;
      return new Sample(mean, 2 * mean);
    }
  }
}
