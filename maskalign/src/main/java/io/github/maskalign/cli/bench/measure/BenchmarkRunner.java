package io.github.maskalign.cli.bench.measure;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;

/**
 * Runs benchmarks, each on a backend of its own, so that pool and memory are its own too.
 *
 * @param backend name, as in {@code --backend}
 * @param threads of the backend
 * @param precision of its products
 * @param sampler takes the times
 */
public record BenchmarkRunner(String backend, int threads, Precision precision, Sampler sampler) {

  /** A line for people: what runs, and why nothing better. */
  public String explanation() {
    try (Backends.Choice choice = open()) {
      return choice.explanation();
    }
  }

  public Measurement run(Benchmark benchmark) {
    ResidentMemory.resetPeak();
    try (Backends.Choice choice = open();
        Scope scope = Scope.root(choice.backend(), benchmark.name())) {
      Runnable queued = benchmark.setup().open(scope);
      Runnable call =
          () -> {
            queued.run();
            choice.backend().synchronize();
          };
      long fastest = sampler.warmUp(call);
      double peak = peak(choice.backend());
      Usage before = Usage.of(choice.backend());
      Samples samples = sampler.sample(call, fastest);
      Usage after = Usage.of(choice.backend());
      return new Measurement(
          benchmark,
          samples,
          Math.max(peak, peak(choice.backend())),
          (after.heap() - before.heap()) / samples.calls(),
          (after.cpu() - before.cpu()) / samples.calls(),
          (after.queued() - before.queued()) / samples.calls(),
          after.pool(),
          after.pool() - before.pool(),
          ResidentMemory.peak());
    }
  }

  /** Measured beside each benchmark, since the processor's clock changes. */
  private static double peak(Backend open) {
    return open.peakFlops().orElse(Double.NaN);
  }

  private Backends.Choice open() {
    return Backends.open(
        backend, BackendOptions.defaults().withThreads(threads).withPrecision(precision));
  }
}
