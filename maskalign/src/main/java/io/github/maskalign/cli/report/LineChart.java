package io.github.maskalign.cli.report;

import io.github.maskalign.cli.report.RunRecord.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A drawing of values against steps, as SVG in the colors of the page. */
final class LineChart {

  private static final int WIDTH = 460;
  private static final int HEIGHT = 220;
  private static final int LEFT = 58;
  private static final int RIGHT = 26;
  private static final int TOP = 12;
  private static final int BOTTOM = 26;
  private static final int TICKS = 5;
  private static final int FEW = 40;

  private final String title;
  private final Map<String, List<Point>> lines = new LinkedHashMap<>();

  LineChart(String title) {
    this.title = title;
  }

  /** Adds a line, unless it has no points. */
  LineChart with(String name, List<Point> points) {
    if (!points.isEmpty()) {
      lines.put(name, points);
    }
    return this;
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  String svg() {
    Span x = Span.of(lines.values().stream().flatMap(List::stream).map(Point::step).toList());
    Span y = Span.of(lines.values().stream().flatMap(List::stream).map(Point::value).toList());
    StringBuilder out = new StringBuilder();
    out.append("<figure><figcaption>").append(Html.text(title)).append("</figcaption>\n");
    out.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n"
            .formatted(WIDTH, HEIGHT, Html.text(title)));
    for (double tick : y.ticks()) {
      double at = down(y.share(tick));
      out.append(line("grid", LEFT, at, WIDTH - RIGHT, at) + label(LEFT - 6, at + 4, "end", tick));
    }
    for (double tick : x.ticks()) {
      double at = across(x.share(tick));
      out.append(
          line("grid", at, TOP, at, HEIGHT - BOTTOM)
              + label(at, HEIGHT - BOTTOM + 16, "middle", tick));
    }
    int number = 0;
    for (List<Point> points : lines.values()) {
      out.append(drawn(points, x, y, number++));
    }
    out.append("</svg>\n");
    return out.append(legend()).append("</figure>\n").toString();
  }

  private static String drawn(List<Point> points, Span x, Span y, int number) {
    List<String> places = new ArrayList<>();
    StringBuilder dots = new StringBuilder();
    for (Point point : points) {
      String across = decimal(across(x.share(point.step())));
      String down = decimal(down(y.share(point.value())));
      places.add(across + "," + down);
      if (points.size() <= FEW) {
        dots.append(
            "<circle class=\"c%d\" cx=\"%s\" cy=\"%s\" r=\"2.5\"><title>step %s: %s</title></circle>%n"
                .formatted(
                    number % 6,
                    across,
                    down,
                    Html.number(point.step()),
                    Html.number(point.value())));
      }
    }
    return "<polyline class=\"c%d\" points=\"%s\"/>%n%s"
        .formatted(number % 6, String.join(" ", places), dots);
  }

  private String legend() {
    if (lines.size() < 2) {
      return "";
    }
    StringBuilder out = new StringBuilder("<p class=\"legend\">");
    int number = 0;
    for (String name : lines.keySet()) {
      out.append("<span class=\"c%d\">&#9644; %s</span> ".formatted(number++ % 6, Html.text(name)));
    }
    return out.append("</p>\n").toString();
  }

  private static double across(double share) {
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private static double down(double share) {
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private static String line(String kind, double x1, double y1, double x2, double y2) {
    return "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>%n"
        .formatted(kind, decimal(x1), decimal(y1), decimal(x2), decimal(y2));
  }

  private static String label(double x, double y, String anchor, double value) {
    return "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>%n"
        .formatted(decimal(x), decimal(y), anchor, Html.tick(value));
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /**
   * Where values lie, with some room.
   *
   * @param low below all
   * @param high above all
   */
  record Span(double low, double high) {

    static Span of(List<Double> values) {
      double low = values.stream().min(Double::compare).orElse(0.0);
      double high = values.stream().max(Double::compare).orElse(1.0);
      double size = high == 0 ? 1 : Math.abs(high);
      double room = high > low ? 0.03 * (high - low) : 0.1 * size;
      return new Span(low - room, high + room);
    }

    double share(double value) {
      return (value - low) / (high - low);
    }

    /** Some round numbers within: multiples of 1, 2 or 5 times a power of ten. */
    List<Double> ticks() {
      double rough = (high - low) / TICKS;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double step =
          power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough > power ? 2 : 1);
      List<Double> ticks = new ArrayList<>();
      for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
        ticks.add(i * step);
      }
      return ticks;
    }
  }
}
