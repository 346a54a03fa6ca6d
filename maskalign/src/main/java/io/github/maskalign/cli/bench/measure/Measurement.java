package io.github.maskalign.cli.bench.measure;

/**
 * What one benchmark gave. Numbers that are not known, or make no sense here, are NaN.
 *
 * @param benchmark what was timed
 * @param samples how long it took
 * @param peakFlops what the backend could compute, FLOP/s of multiply-adds
 * @param heapBytes of Java objects made by a call, on all threads
 * @param cpuSeconds processor time of a call, on all threads, the compiler's among them
 * @param launches operations that a call hands to a device
 * @param poolBytes that the backend holds at the end, operands included
 * @param poolGrowth by how much that grew while sampling; 0 if blocks are reused
 * @param residentBytes peak of the process's memory since the operands were made
 */
public record Measurement(
    Benchmark benchmark,
    Samples samples,
    double peakFlops,
    double heapBytes,
    double cpuSeconds,
    double launches,
    double poolBytes,
    double poolGrowth,
    double residentBytes) {

  /** Floating-point operations a second, by the median. */
  public double flops() {
    return rate(benchmark.work().flops());
  }

  /** The part of what the backend could compute that did the work. */
  public double shareOfPeak() {
    return flops() / peakFlops;
  }

  /** Bytes a second, by the median. */
  public double bandwidth() {
    return rate(benchmark.work().bytes());
  }

  /** Pictures a second, by the median. */
  public double imagesPerSecond() {
    return rate(benchmark.work().images());
  }

  private double rate(double amount) {
    return amount == 0 ? Double.NaN : amount / samples.median();
  }
}
