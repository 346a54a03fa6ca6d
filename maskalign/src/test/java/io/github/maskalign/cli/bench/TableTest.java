package io.github.maskalign.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.bench.measure.Benchmark.Work;
import io.github.maskalign.cli.bench.measure.Measurement;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

  private final Measurement product = Measurements.product("product");
  private final Measurement step =
      Measurements.of("a/longer/name", new Work(0, 3e9, 8), Double.NaN, 1e12);

  @Test
  void aRowHasAFigureUnderEachHeadAndDashesForTheRest() {
    Table table = new Table(List.of(product.benchmark()));
    assertEquals(
        "         median ms   best ms  GFLOP/s  % of peak    GB/s  images/s settled  after s"
            + "  launches   heap B  pool MiB  RSS MiB",
        table.head());
    assertEquals(
        "product    500.000   250.000      2.0         25       -         -       3     2.25"
            + "         -      100       1.0        -",
        table.row(product));
  }

  @Test
  void namesGetTheRoomTheyNeed() {
    Table table = new Table(List.of(product.benchmark(), step.benchmark()));
    assertEquals(table.head().length(), table.row(product).length());
    assertTrue(table.row(step).startsWith("a/longer/name "), table.row(step));
  }

  @Test
  void aFigureTooWideForItsColumnStaysApartFromTheNext() {
    String row = new Table(List.of(step.benchmark())).row(step);
    assertTrue(
        row.contains(" 6.0     16.00       3     2.25         - 1000000000000       1.0"), row);
  }
}
