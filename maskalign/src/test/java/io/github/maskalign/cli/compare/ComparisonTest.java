package io.github.maskalign.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.report.LineChart;
import io.github.maskalign.eval.FeatureScore;
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
              trial("aligned", 1, 60, Map.of("linear probe", 70.0)),
              trial("a|b", 1, 40, Map.of()),
              trial("aligned", 2, 62, Map.of("linear probe", 71.0))),
          List.of(
              new FeatureScore("raw pixels", 45.25, 40.0), new FeatureScore("t_1 & co", 91, null)));

  @Test
  void theTableHasMeanAndDeviationOverSeeds() {
    assertEquals(
        """
        | variant    | seeds |    k-NN (%) | linear probe (%) | epochs | training (s) | throughput (images/s) |
        |:-----------|------:|------------:|-----------------:|-------:|-------------:|----------------------:|
        | aligned    |     2 | 61.0 +- 1.4 |      70.5 +- 0.7 |    2.0 |           30 |                   100 |
        | a\\|b       |     1 |        40.0 |                - |    2.0 |           20 |                   100 |
        | raw pixels |     - |        45.3 |             40.0 |      - |            - |                     - |
        | t_1 & co   |     - |        91.0 |                - |      - |            - |                     - |
        """,
        comparison.table().markdown());
  }

  @Test
  void spreadsheetsGetEveryNumberInAColumn() {
    assertEquals(
        List.of(
            "variant,seeds,k-NN (%),k-NN deviation,linear probe (%),linear probe deviation,epochs,"
                + "training (s),throughput (images/s)",
            "aligned,2,61," + Math.sqrt(2) + ",70.5," + Math.sqrt(0.5) + ",2,30,100",
            "a|b,1,40,,,,2,20,100",
            "raw pixels,,45.25,,40,,,,",
            "t_1 & co,,91,,,,,,"),
        comparison.table().csv().lines().toList());
  }

  @Test
  void latexHasRulesAndEscapes() {
    assertEquals(
        """
        % requires \\usepackage{booktabs}
        \\begin{tabular}{lrrrrrr}
        \\toprule
        variant & seeds & k-NN (\\%) & linear probe (\\%) & epochs & training (s) & throughput (images/s) \\\\
        \\midrule
        aligned & $2$ & $61.0 \\pm 1.4$ & $70.5 \\pm 0.7$ & $2.0$ & $30$ & $100$ \\\\
        a\\textbar{}b & $1$ & $40.0$ & -- & $2.0$ & $20$ & $100$ \\\\
        raw pixels & -- & $45.3$ & $40.0$ & -- & -- & -- \\\\
        t\\_1 \\& co & -- & $91.0$ & -- & -- & -- & -- \\\\
        \\bottomrule
        \\end{tabular}
        """,
        comparison.table().latex());
  }

  @Test
  void namesAreEscapedForTheirFormat() {
    ResultTable table =
        new ResultTable(
            List.of(), List.of(new ResultTable.Row("a,\"b\"_*<\n~^\\{50%}", List.of())));
    assertTrue(table.csv().contains("\"a,\"\"b\"\"_*<\n~^\\{50%}\"\r\n"), table.csv());
    assertTrue(table.markdown().contains("a,\"b\"_\\*\\< ~^\\\\{50%}"), table.markdown());
    assertTrue(
        table
            .latex()
            .contains(
                "a,\\textquotedbl{}b\\textquotedbl{}\\_*\\textless{} \\textasciitilde{}"
                    + "\\textasciicircum{}\\textbackslash{}\\{50\\%\\}"),
        table.latex());
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
    assertTrue(svg.contains(">training time (s)</text>"), svg);
  }
}
