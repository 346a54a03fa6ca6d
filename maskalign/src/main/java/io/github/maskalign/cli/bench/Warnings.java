package io.github.maskalign.cli.bench;

import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.Measurement;
import io.github.maskalign.cli.bench.suite.PictureBenchmarks;
import io.github.maskalign.cli.bench.suite.ProductBenchmarks;
import io.github.maskalign.cli.bench.suite.SearchBenchmarks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Detects poor JIT compilation, which no test fails on, on host backends that measure their peak: a
 * matrix kernel whose accumulators spill to memory is slower by a factor, and a kernel that is not
 * fully inlined allocates an object per vector.
 */
public final class Warnings {

  /** Minimum share of peak of a well-compiled product. */
  public static final double MIN_SHARE = 0.7;

  /** Maximum bytes of Java objects per call of a well-compiled kernel or training step. */
  static final double MAX_HEAP = 64 * 1024;

  /** The product that is checked; its packed operands fit in the caches. */
  public static final Benchmark PRODUCT =
      ProductBenchmarks.sgemm(768, 768, 768, "NN").withName("check/sgemm");

  private Warnings() {}

  /** The warnings; empty if there is no problem. */
  public static List<String> of(Measurement product, List<Measurement> measurements) {
    List<String> warnings = new ArrayList<>();
    if (onHost(product) && product.shareOfPeak() < MIN_SHARE) {
      warnings.add(
          text(
              "the matrix product reaches %.0f%% of peak, expected at least %.0f%%: other processes"
                  + " use the machine, or the JIT compiler produced a poor kernel; run again before"
                  + " trusting any result",
              100 * product.shareOfPeak(), 100 * MIN_SHARE));
    }
    String wasteful =
        Stream.concat(measurements.stream(), Stream.of(product))
            .filter(Warnings::makesObjects)
            .map(m -> text("%s %.0f KiB", m.benchmark().name(), m.heapBytes() / 1024))
            .collect(Collectors.joining(", "));
    if (!wasteful.isEmpty()) {
      warnings.add(
          text(
              "more than %.0f KiB of Java objects per call: %s; a kernel that is not fully inlined"
                  + " allocates an object per vector",
              MAX_HEAP / 1024, wasteful));
    }
    return warnings;
  }

  private static boolean onHost(Measurement measurement) {
    return Double.isNaN(measurement.launches());
  }

  private static boolean makesObjects(Measurement measurement) {
    boolean vectors = !Double.isNaN(measurement.peakFlops());
    // A decoded image is a Java object; only kernels should allocate none.
    String name = measurement.benchmark().name();
    boolean kernel =
        !name.startsWith(PictureBenchmarks.PREFIX) && !name.startsWith(SearchBenchmarks.PREFIX);
    return vectors && kernel && onHost(measurement) && measurement.heapBytes() > MAX_HEAP;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
