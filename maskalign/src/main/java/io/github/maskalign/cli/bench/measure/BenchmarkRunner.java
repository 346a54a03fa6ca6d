package io.github.maskalign.cli.bench.measure;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.maskalign.cli.bench.measure.Measurement.Samples;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Scope;
import java.lang.management.ManagementFactory;

/**
 * Runs benchmarks, each on a new backend, so that pool and memory are separate.
 *
 * @param backend name, as in {@code --backend}
 * @param options of the backend
 * @param sampler measures durations
 */
public record BenchmarkRunner(String backend, BackendOptions options, Sampler sampler) {

  /** The backend in one line, with the reason for its choice. */
  public String explanation() {
    try (Backends.Choice choice = open()) {
      return choice.explanation();
    }
  }

  /** Runs one benchmark. */
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
      WarmUp warmUp = sampler.warmUp(call);
      double peak = peak(choice.backend());
      Usage before = Usage.of(choice.backend());
      Samples samples = sampler.sample(call, warmUp.fastest());
      Usage after = Usage.of(choice.backend());
      return new Measurement(
          benchmark,
          samples,
          warmUp.settled(samples.median()),
          Math.max(peak, peak(choice.backend())),
          (after.heap() - before.heap()) / samples.calls(),
          (after.cpu() - before.cpu()) / samples.calls(),
          (after.queued() - before.queued()) / samples.calls(),
          after.pool(),
          after.pool() - before.pool(),
          ResidentMemory.peak());
    }
  }

  /** Measured next to each benchmark, because the processor's clock rate varies. */
  private static double peak(Backend open) {
    return open.peakFlops().orElse(Double.NaN);
  }

  private Backends.Choice open() {
    return Backends.open(backend, options);
  }

  /**
   * Resources that the process has used so far.
   *
   * @param heap bytes of Java objects that all threads have allocated; NaN if unknown
   * @param cpu seconds of processor time of all threads, JIT compilation included; NaN if unknown
   * @param pool bytes that the backend holds, in use or not
   * @param queued operations submitted to a device; NaN without one
   */
  record Usage(double heap, double cpu, double pool, double queued) {

    static Usage of(Backend backend) {
      MemoryStats memory = backend.memory();
      double queued = backend.queued().isPresent() ? backend.queued().getAsLong() : Double.NaN;
      return new Usage(heapNow(), cpuNow(), (double) memory.live() + memory.pooled(), queued);
    }

    private static double heapNow() {
      if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads) {
        long bytes = threads.getTotalThreadAllocatedBytes();
        return bytes < 0 ? Double.NaN : bytes;
      }
      return Double.NaN;
    }

    private static double cpuNow() {
      if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
        long nanos = system.getProcessCpuTime();
        return nanos < 0 ? Double.NaN : 1e-9 * nanos;
      }
      return Double.NaN;
    }
  }
}
