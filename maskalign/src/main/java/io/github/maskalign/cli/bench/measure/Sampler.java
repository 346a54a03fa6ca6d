package io.github.maskalign.cli.bench.measure;

import io.github.maskalign.cli.bench.measure.Measurement.Samples;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Measures the duration of a call, after a warm-up for as long as it still gets faster. The warm-up
 * is limited by time, not by count: vector code is hundreds of times slower before JIT compilation.
 *
 * @param seconds of sampling, and minimum of the warm-up
 * @param nanoTime the clock
 */
public record Sampler(double seconds, LongSupplier nanoTime) {

  private static final int WINDOWS = 3;
  private static final int MIN_CALLS = 3;

  /** A window is faster than earlier ones if its fastest call takes less than this share. */
  private static final double FASTER = 0.97;

  /** Shorter calls are measured in groups, so that reading the clock is negligible. */
  private static final double MIN_NANOS = 2e6;

  private static final int MIN_SAMPLES = 3;
  private static final int MAX_SAMPLES = 100_000;

  /** Calls until several windows in a row are not faster. */
  WarmUp warmUp(Runnable call) {
    WarmUp all = new WarmUp();
    for (int still = 1; still <= WINDOWS; still++) {
      long before = all.fastest();
      if (fastest(call, (long) (seconds * 1e9 / WINDOWS), all) < FASTER * before) {
        still = 1;
      }
    }
    return all;
  }

  private long fastest(Runnable call, long window, WarmUp all) {
    long start = nanoTime.getAsLong();
    long fastest = Long.MAX_VALUE;
    long now = start;
    for (int calls = 0; calls < MIN_CALLS || now - start < window; calls++) {
      call.run();
      long then = nanoTime.getAsLong();
      all.add(then - now);
      fastest = Math.min(fastest, then - now);
      now = then;
    }
    return fastest;
  }

  /**
   * Measures calls one by one, or in groups if they are short.
   *
   * @param fastest nanoseconds of the fastest call so far
   */
  Samples sample(Runnable call, long fastest) {
    int together = (int) Math.ceil(MIN_NANOS / Math.max(1, fastest));
    double[] samples = new double[MAX_SAMPLES];
    int count = 0;
    long start = nanoTime.getAsLong();
    long now = start;
    while (count < MIN_SAMPLES || (now - start < seconds * 1e9 && count < MAX_SAMPLES)) {
      for (int i = 0; i < together; i++) {
        call.run();
      }
      long then = nanoTime.getAsLong();
      samples[count++] = 1e-9 * (then - now) / together;
      now = then;
    }
    return new Samples(Arrays.copyOf(samples, count), (long) count * together);
  }
}
