package io.github.maskalign.cli.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
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
    CurvePlot.Line line = CurvePlot.Line.of(trials, CurvePlot.Axis.SECONDS);
    assertArrayEquals(new double[] {15, 30}, line.x());
    assertArrayEquals(new double[] {51, 61}, line.y());
    assertArrayEquals(new double[] {Math.sqrt(2), Math.sqrt(2)}, line.deviation(), 1e-12);
    CurvePlot.Line alone =
        CurvePlot.Line.of(comparison.byVariant().get("a|b"), CurvePlot.Axis.EPOCHS);
    assertArrayEquals(new double[] {1, 2}, alone.x());
    assertArrayEquals(new double[2], alone.deviation());
  }

  @Test
  void thePlotIsAPicture() throws IOException {
    Path file = folder.resolve("curve.png");
    CurvePlot.write(comparison, CurvePlot.Axis.SECONDS, file);
    BufferedImage image = ImageIO.read(file.toFile());
    assertEquals(900, image.getWidth());
    assertTrue(colors(image) > 10, "lines, marks and letters");
  }

  private static long colors(BufferedImage image) {
    return IntStream.range(0, image.getWidth() * image.getHeight())
        .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
        .distinct()
        .count();
  }

  @Test
  void oneFigureHasNoSpread() {
    assertEquals("5.00", Spread.of(5).text(2));
    assertEquals("3.0 +- 1.4", Spread.of(2, 4).text(1));
    assertThrows(IllegalArgumentException.class, Spread::of);
  }
}
