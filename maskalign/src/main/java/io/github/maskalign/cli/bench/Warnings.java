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
 * What Java's compiler can ruin without breaking a test, on a backend of the host that knows the
 * rate of multiply-adds: a matrix kernel whose sums are spilled to memory is slower by a factor,
 * and a kernel that is not inlined whole makes an object of every vector.
 */
public final class Warnings {

  /** The least part of the multiply-adds that a sound product does. */
  public static final double MIN_SHARE = 0.7;

  /** Bytes of Java objects that a call of a sound kernel, or a training step, makes at the most. */
  static final double MAX_HEAP = 64 * 1024;

  /** Its packed operands stay in the caches. */
  public static final Benchmark PRODUCT =
      ProductBenchmarks.sgemm(768, 768, 768, "NN").withName("check/sgemm");

  private Warnings() {}

  /** Lines for people; none if all is well. */
  public static List<String> of(Measurement product, List<Measurement> measurements) {
    List<String> warnings = new ArrayList<>();
    if (onHost(product) && product.shareOfPeak() < MIN_SHARE) {
      warnings.add(
          text(
              "the matrix product does %.0f%% of the multiply-adds that the processor can do, where"
                  + " %.0f%% is the least to expect: other work on the machine, or a kernel that"
                  + " Java compiled badly; run it again before trusting any figure",
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
              "more than %.0f KiB of Java objects a call: %s; a kernel that Java does not inline"
                  + " whole makes an object of every vector",
              MAX_HEAP / 1024, wasteful));
    }
    return warnings;
  }

  private static boolean onHost(Measurement measurement) {
    return Double.isNaN(measurement.launches());
  }

  private static boolean makesObjects(Measurement measurement) {
    boolean vectors = !Double.isNaN(measurement.peakFlops());
    // A picture is a Java object; only kernels should make none.
    String name = measurement.benchmark().name();
    boolean kernel =
        !name.startsWith(PictureBenchmarks.PREFIX) && !name.startsWith(SearchBenchmarks.PREFIX);
    return vectors && kernel && onHost(measurement) && measurement.heapBytes() > MAX_HEAP;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
