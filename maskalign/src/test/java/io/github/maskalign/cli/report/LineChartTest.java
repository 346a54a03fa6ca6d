package io.github.maskalign.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        new LineChart("a < b")
            .with("line", List.of(new RunRecord.Point(0, 1), new RunRecord.Point(10, 3)))
            .with("none", List.of())
            .svg();
    Matcher points = Pattern.compile("points=\"(\\S+),(\\S+) (\\S+),(\\S+)\"").matcher(svg);
    assertTrue(points.find(), svg);
    double width = Double.parseDouble(points.group(3)) - Double.parseDouble(points.group(1));
    double height = Double.parseDouble(points.group(2)) - Double.parseDouble(points.group(4));
    assertEquals((460 - 58 - 26) / 1.06, width, 0.2);
    assertEquals((220 - 12 - 26) / 1.06, height, 0.2);
    assertTrue(svg.contains("a &lt; b"), svg);
    LineChart.Span zero = LineChart.Span.of(List.of(0.0, 0.0));
    assertEquals(0.5, zero.share(0), 1e-9);
    assertEquals(0.1, zero.high(), 1e-9);
    assertTrue(new LineChart("empty").with("none", List.of()).isEmpty());
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
