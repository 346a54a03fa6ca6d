package io.github.maskalign.cli.bench;

import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.Measurement;
import io.github.maskalign.cli.bench.measure.WarmUp;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A table with one row per measurement; a dash means unknown or not applicable. */
final class Table {

  private static final double MIB = 1 << 20;

  private record Column(String head, int width, int digits, ToDoubleFunction<Measurement> value) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("median ms", 11, 3, m -> 1e3 * m.samples().median()),
          new Column("best ms", 10, 3, m -> 1e3 * m.samples().best()),
          new Column("GFLOP/s", 9, 1, m -> 1e-9 * m.flops()),
          new Column("% of peak", 11, 0, m -> 100 * m.shareOfPeak()),
          new Column("GB/s", 8, 1, m -> 1e-9 * m.bandwidth()),
          new Column("images/s", 10, 2, Measurement::imagesPerSecond),
          new Column("settled", 8, 0, m -> settled(m, WarmUp.Settled::calls)),
          new Column("after s", 9, 2, m -> settled(m, WarmUp.Settled::seconds)),
          new Column("launches", 10, 0, Measurement::launches),
          new Column("heap B", 9, 0, Measurement::heapBytes),
          new Column("pool MiB", 10, 1, m -> m.poolBytes() / MIB),
          new Column("RSS MiB", 9, 0, m -> m.residentBytes() / MIB));

  private final int nameWidth;

  /** A table with a column wide enough for the names of these benchmarks. */
  Table(List<Benchmark> benchmarks) {
    nameWidth = benchmarks.stream().mapToInt(b -> b.name().length()).max().orElse(0);
  }

  private static double settled(Measurement m, ToDoubleFunction<WarmUp.Settled> value) {
    return m.settled().map(value::applyAsDouble).orElse(Double.NaN);
  }

  String head() {
    StringBuilder line = new StringBuilder(padded(""));
    COLUMNS.forEach(column -> line.append(right(column.head, column.width)));
    return line.toString();
  }

  String row(Measurement measurement) {
    StringBuilder line = new StringBuilder(padded(measurement.benchmark().name()));
    for (Column column : COLUMNS) {
      double value = column.value.applyAsDouble(measurement);
      String text =
          Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + column.digits + "f", value);
      line.append(right(text, column.width));
    }
    return line.toString();
  }

  private String padded(String name) {
    return name + " ".repeat(nameWidth - name.length());
  }

  /** Right-aligned, after at least one space. */
  private static String right(String text, int width) {
    return " ".repeat(Math.max(1, width - text.length())) + text;
  }
}
