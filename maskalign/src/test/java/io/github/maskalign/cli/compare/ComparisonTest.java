package io.github.maskalign.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.report.LineChart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  @TempDir private Path folder;

  private static TrialResult trial(String variant, long seed, double score, Map<String, Double> f) {
    return new TrialResult(
        variant,
        seed,
        Map.of(),
        List.of(
            new TrialResult.Point(1, 10 * seed, score - 10),
            new TrialResult.Point(2, 20 * seed, score)),
        100,
        f);
  }

  private final Comparison comparison =
      new Comparison(
          "k-NN",
          List.of(
              trial("aligned", 1, 60, Map.of("probe", 70.0)),
              trial("a|b", 1, 40, Map.of()),
              trial("aligned", 2, 62, Map.of("probe", 71.0))));

  @Test
  void theTableHasMeanAndDeviationOverSeeds() {
    assertEquals(
        """
        | variant | seeds |        k-NN |       probe | epochs | seconds | images/s |
        |:--------|------:|------------:|------------:|-------:|--------:|---------:|
        | aligned |     2 | 61.0 +- 1.4 | 70.5 +- 0.7 |    2.0 |      30 |      100 |
        | a\\|b    |     1 |        40.0 |           - |    2.0 |      20 |      100 |
        """,
        comparison.table());
  }

  @Test
  void theLineGoesThroughTheMeans() {
    List<TrialResult> trials = comparison.byVariant().get("aligned");
    double deviation = Math.sqrt(2);
    assertEquals(
        List.of(new LineChart.Point(15, 51, deviation), new LineChart.Point(30, 61, deviation)),
        CurvePlot.line(trials, CurvePlot.Axis.SECONDS));
    List<LineChart.Point> alone =
        CurvePlot.line(comparison.byVariant().get("a|b"), CurvePlot.Axis.EPOCHS);
    assertEquals(List.of(1.0, 2.0), alone.stream().map(LineChart.Point::x).toList());
    assertTrue(alone.stream().allMatch(point -> point.deviation() == 0));
  }

  @Test
  void theChartNamesEveryVariant() throws IOException {
    Path file = folder.resolve("curve.svg");
    CurvePlot.write(comparison, CurvePlot.Axis.SECONDS, file);
    String svg = Files.readString(file);
    assertTrue(svg.startsWith("<svg xmlns"), svg);
    assertTrue(svg.contains(">aligned</text>") && svg.contains(">a|b</text>"), svg);
    assertTrue(svg.contains(">seconds of training</text>"), svg);
  }
}
