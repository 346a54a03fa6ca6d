package io.github.maskalign.cli.bench;

import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.Benchmark.Work;
import io.github.maskalign.cli.bench.measure.Measurement;
import io.github.maskalign.cli.bench.measure.Measurement.Samples;
import io.github.maskalign.cli.bench.measure.WarmUp;
import java.util.Optional;

/** Measurements with round numbers. */
public final class Measurements {

  private Measurements() {}

  /** A call of half a second that does 1e9 FLOP, of 8e9 that could be done in a second. */
  static Measurement product(String name) {
    return of(name, new Work(1e9, 0, 0), 8e9, 100);
  }

  public static Measurement of(String name, Work work, double peak, double heap) {
    Benchmark benchmark = new Benchmark(name, "what", work, scope -> () -> {});
    Samples samples = new Samples(new double[] {0.75, 0.25, 0.5}, 3);
    Optional<WarmUp.Settled> settled = Optional.of(new WarmUp.Settled(3, 2.25));
    return new Measurement(
        benchmark, samples, settled, peak, heap, 0.5, Double.NaN, 1 << 20, 0, Double.NaN);
  }
}
