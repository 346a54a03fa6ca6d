package io.github.maskalign.cli.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class LineChartTest {

  @Property(tries = 200)
  void ticksAreFewRoundNumbersWithin(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double a,
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double b) {
    LineChart.Span span = LineChart.Span.of(List.of(a, b));
    List<Double> ticks = span.ticks();
    assertTrue(ticks.size() >= 2 && ticks.size() <= 12, ticks::toString);
    ticks.forEach(tick -> assertTrue(tick >= span.low() && tick <= span.high()));
  }

  @Test
  void pointsLieWhereTheirValuesAre() {
    String svg =
        new LineChart("a < b", "step")
            .with("line", List.of(new LineChart.Point(0, 1), new LineChart.Point(10, 3)))
            .with("none", List.of())
            .figure();
    Matcher points = Pattern.compile("points=\"(\\S+),(\\S+) (\\S+),(\\S+)\"").matcher(svg);
    assertTrue(points.find(), svg);
    double width = Double.parseDouble(points.group(3)) - Double.parseDouble(points.group(1));
    double height = Double.parseDouble(points.group(2)) - Double.parseDouble(points.group(4));
    assertEquals((460 - 58 - 26) / 1.06, width, 0.2);
    assertEquals((240 - 34 - 44) / 1.06, height, 0.2);
    assertTrue(svg.contains("a &lt; b"), svg);
    LineChart.Span zero = LineChart.Span.of(List.of(0.0, 0.0));
    assertEquals(0.5, zero.share(0), 1e-9);
    assertEquals(0.1, zero.high(), 1e-9);
    assertTrue(new LineChart("empty", "step").with("none", List.of()).isEmpty());
  }

  @Test
  void namesOfLinesDoNotOverlap() {
    double[] places = LineChart.spread(new double[] {-5, 10, 11, 12, 95, 99}, 0, 100);
    assertArrayEquals(new double[] {0, 14, 28, 42, 86, 100}, places, 1e-9);
    double[] crowded = LineChart.spread(new double[11], 0, 100);
    for (int i = 0; i < crowded.length; i++) {
      assertEquals(10 * i, crowded[i], 1e-9);
    }
  }

  @Test
  void theDocumentIsXmlWithAxisTitlesAndErrorBars() throws Exception {
    String svg =
        new LineChart("k-NN in % < 100", "epochs", 900, 560)
            .with("a & b", List.of(new LineChart.Point(0, 40, 2), new LineChart.Point(1, 50, 0)))
            .with("c", List.of(new LineChart.Point(0, 40), new LineChart.Point(2, 45)))
            .document();
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    var texts = document.getElementsByTagName("text");
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < texts.getLength(); i++) {
      shown.add(texts.item(i).getTextContent());
    }
    assertTrue(shown.containsAll(List.of("k-NN in % < 100", "epochs", "a & b", "c")), svg);
    assertEquals(4, document.getElementsByTagName("circle").getLength());
  }

  private static LineChart.Point[] three(double deviation) {
    return new LineChart.Point[] {
      new LineChart.Point(1, 30, deviation),
      new LineChart.Point(2, 40, deviation),
      new LineChart.Point(3, 45, deviation)
    };
  }

  /** Bars of two variants with the same scores after the same epochs are both visible. */
  @Test
  void errorBarsLieBesideEachOther() {
    String svg =
        new LineChart("k-NN (%)", "epochs", 900, 560)
            .with("a", List.of(three(2)))
            .with("b", List.of(three(3)))
            .document();
    Matcher circles = Pattern.compile("<circle class=\"c. *\" cx=\"([0-9.]+)\"").matcher(svg);
    List<Double> places = new ArrayList<>();
    while (circles.find()) {
      places.add(Double.parseDouble(circles.group(1)));
    }
    assertEquals(6, places.size(), svg);
    for (int i = 0; i < 3; i++) {
      assertEquals(7, places.get(i + 3) - places.get(i), 0.11);
    }
  }

  @Test
  void linesBeyondTheColorsHaveAnotherDash() {
    LineChart chart = new LineChart("share", "step");
    for (int i = 0; i < 24; i++) {
      chart.with("level " + i, List.of(new LineChart.Point(0, i), new LineChart.Point(1, i)));
    }
    Matcher styles = Pattern.compile("<polyline class=\"(c. d.)\"").matcher(chart.figure());
    List<String> found = new ArrayList<>();
    while (styles.find()) {
      found.add(styles.group(1));
    }
    assertEquals(24, found.stream().distinct().count(), found.toString());
  }

  @Test
  void whatIsComparedWithIsALineWithItsName() {
    String svg =
        new LineChart("k-NN (%)", "step")
            .with("student", List.of(three(0)))
            .withReference("teacher", 91)
            .figure();
    assertTrue(svg.contains("<line class=\"reference\"") && svg.contains(">teacher</text>"), svg);
    assertTrue(svg.contains(">80</text>"), "the axis reaches the reference: " + svg);
    assertTrue(svg.contains(">k-NN (%)</text>") && svg.contains(">step</text>"), svg);
  }

  @Test
  void numbersHaveFourDigitsThatCount() {
    assertEquals("12", Html.number(12));
    assertEquals("0.1235", Html.number(0.123456));
    assertEquals("63.80", Html.number(63.8000001));
    assertEquals("1,235", Html.number(1234.5));
    assertEquals("0.0005", Html.tick(5e-4));
    assertEquals("2.50e-05", Html.number(2.5e-5));
    assertEquals("0.5", Html.tick(0.5));
    assertEquals("100", Html.tick(100));
    assertEquals("0.3", Html.tick(0.1 + 0.2));
  }
}
