package io.github.maskalign.cli.bench.measure;

import java.util.Arrays;
import java.util.Optional;

/**
 * The result of one benchmark. Numbers that are unknown or not applicable are NaN.
 *
 * @param benchmark that was run
 * @param samples durations
 * @param settled when the calls before became as fast; empty if none was
 * @param peakFlops peak of the backend, FLOP/s of multiply-adds
 * @param heapBytes Java objects allocated per call, on all threads
 * @param cpuSeconds processor time per call, on all threads, JIT compilation included
 * @param launches operations submitted to a device per call
 * @param poolBytes memory of the backend at the end, operands included
 * @param poolGrowth its growth while sampling; 0 if blocks are reused
 * @param residentBytes peak resident memory since the operands were created
 */
public record Measurement(
    Benchmark benchmark,
    Samples samples,
    Optional<WarmUp.Settled> settled,
    double peakFlops,
    double heapBytes,
    double cpuSeconds,
    double launches,
    double poolBytes,
    double poolGrowth,
    double residentBytes) {

  /** Floating-point operations per second, by the median. */
  public double flops() {
    return rate(benchmark.work().flops());
  }

  /** Share of the backend's peak. */
  public double shareOfPeak() {
    return flops() / peakFlops;
  }

  /** Bytes per second, by the median. */
  public double bandwidth() {
    return rate(benchmark.work().bytes());
  }

  /** Images per second, by the median. */
  public double imagesPerSecond() {
    return rate(benchmark.work().images());
  }

  private double rate(double amount) {
    return amount == 0 ? Double.NaN : amount / samples.median();
  }

  /**
   * Durations of calls.
   *
   * @param sorted seconds per call, ascending; at least one
   * @param calls total number of calls
   */
  public record Samples(double[] sorted, long calls) {

    /** Sorts a copy. */
    public Samples {
      sorted = sorted.clone();
      Arrays.sort(sorted);
    }

    /** The median. */
    public double median() {
      int n = sorted.length;
      return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    /** The minimum. */
    public double best() {
      return sorted[0];
    }
  }
}
