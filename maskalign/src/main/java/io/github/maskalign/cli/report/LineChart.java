package io.github.maskalign.cli.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** A line chart as SVG; several lines are labeled at their ends. */
public final class LineChart {

  /** CSS of the lines and their labels. */
  static final String COLORS =
      """
      polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
      .c0 { stroke: #3b7dd8; } .c1 { stroke: #e07b39; } .c2 { stroke: #3fa05f; }
      .c3 { stroke: #c2495f; } .c4 { stroke: #8a63c9; } .c5 { stroke: #a08a2c; }
      .l0 { fill: #3b7dd8; } .l1 { fill: #e07b39; } .l2 { fill: #3fa05f; }
      .l3 { fill: #c2495f; } .l4 { fill: #8a63c9; } .l5 { fill: #a08a2c; }
      .leader { stroke-width: .7; stroke-dasharray: 2 3; }
      """;

  private static final String DOCUMENT_STYLE =
      """
      svg { font: 13px system-ui, sans-serif; fill: #556; }
      .paper { fill: #fff; }
      .grid { stroke: #ddd; }
      circle { fill: #fff; stroke-width: 1.6; }
      """;

  private static final int COLOR_COUNT = 6;
  private static final int LEFT = 58;
  private static final int RIGHT = 26;
  private static final int TOP = 12;
  private static final int BOTTOM = 26;
  private static final int TITLE_ROOM = 24;
  private static final int TICKS = 5;
  private static final int MAX_DOTS = 40;
  private static final double LABEL_HEIGHT = 14;
  private static final double CHARACTER_WIDTH = 7;

  private final String title;
  private final String xTitle;
  private final int width;
  private final int height;
  private final int top;
  private final int bottom;
  private final Map<String, List<Point>> lines = new LinkedHashMap<>();

  /**
   * A point of a line.
   *
   * @param x horizontal position
   * @param y vertical position
   * @param deviation half the length of its error bar; 0 for none
   */
  public record Point(double x, double y, double deviation) {

    /** A point without an error bar. */
    public Point(double x, double y) {
      this(x, y, 0);
    }
  }

  /** A small chart of values over steps, for a page that shows the title above it. */
  LineChart(String title) {
    this.title = title;
    this.xTitle = "step";
    this.width = 460;
    this.height = 220;
    this.top = TOP;
    this.bottom = BOTTOM;
  }

  /**
   * A chart for {@link #document}.
   *
   * @param title of the vertical axis
   * @param xTitle title of the horizontal axis
   */
  public LineChart(String title, String xTitle, int width, int height) {
    this.title = title;
    this.xTitle = xTitle;
    this.width = width;
    this.height = height;
    this.top = TOP + TITLE_ROOM;
    this.bottom = BOTTOM + TITLE_ROOM;
  }

  /** Adds a line, unless it has no points. */
  public LineChart with(String name, List<Point> points) {
    if (!points.isEmpty()) {
      lines.put(name, points);
    }
    return this;
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** The chart as part of a page, with the title above it. */
  String figure() {
    return "<figure><figcaption>%s</figcaption>%n%s%s</svg></figure>%n"
        .formatted(Html.text(title), open(""), content());
  }

  /** The chart as an SVG document, with axis titles. */
  public String document() {
    return open(" xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\"")
        + "<style>\n"
        + DOCUMENT_STYLE
        + COLORS
        + "</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
        + text("", LEFT - 6, TOP + 6, "start", title)
        + text("", width - right(), height - 8, "end", xTitle)
        + content()
        + "</svg>\n";
  }

  private String open(String attributes) {
    return "<svg%s viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n"
        .formatted(attributes.formatted(width, height), width, height, Html.text(title));
  }

  private String content() {
    Span x = Span.of(lines.values().stream().flatMap(List::stream).map(Point::x).toList());
    Span y =
        Span.of(
            lines.values().stream()
                .flatMap(List::stream)
                .mapMulti(
                    (Point point, Consumer<Double> values) -> {
                      values.accept(point.y - point.deviation);
                      values.accept(point.y + point.deviation);
                    })
                .toList());
    StringBuilder out = new StringBuilder();
    for (double tick : y.ticks()) {
      double at = down(y.share(tick));
      out.append(line("grid", LEFT, at, width - right(), at))
          .append(text("", LEFT - 6, at + 4, "end", Html.tick(tick)));
    }
    for (double tick : x.ticks()) {
      double at = across(x.share(tick));
      out.append(line("grid", at, top, at, height - bottom))
          .append(text("", at, height - bottom + 16, "middle", Html.tick(tick)));
    }
    List<Label> labels = new ArrayList<>();
    int number = 0;
    for (Map.Entry<String, List<Point>> entry : lines.entrySet()) {
      Point end = entry.getValue().getLast();
      int color = number++ % COLOR_COUNT;
      out.append(drawn(entry.getValue(), x, y, color));
      labels.add(new Label(entry.getKey(), color, across(x.share(end.x)), down(y.share(end.y))));
    }
    return out.append(lines.size() < 2 ? "" : labels(labels)).toString();
  }

  private String drawn(List<Point> points, Span x, Span y, int color) {
    List<String> places = new ArrayList<>();
    StringBuilder dots = new StringBuilder();
    for (Point point : points) {
      double across = across(x.share(point.x));
      double down = down(y.share(point.y));
      places.add(decimal(across) + "," + decimal(down));
      if (point.deviation > 0) {
        double low = down(y.share(point.y - point.deviation));
        double high = down(y.share(point.y + point.deviation));
        dots.append(line("c" + color, across, low, across, high))
            .append(line("c" + color, across - 3, low, across + 3, low))
            .append(line("c" + color, across - 3, high, across + 3, high));
      }
      if (points.size() <= MAX_DOTS) {
        dots.append(
            "<circle class=\"c%d\" cx=\"%s\" cy=\"%s\" r=\"2.5\"><title>%s %s: %s</title>"
                .formatted(
                    color,
                    decimal(across),
                    decimal(down),
                    Html.text(xTitle),
                    Html.number(point.x),
                    Html.number(point.y)));
        dots.append("</circle>\n");
      }
    }
    return "<polyline class=\"c%d\" points=\"%s\"/>%n%s"
        .formatted(color, String.join(" ", places), dots);
  }

  /** The name of a line, which ends at (x, y). */
  private record Label(String name, int color, double x, double y) {}

  /** Names to the right of the plot, each near the end of its line and none over another. */
  private String labels(List<Label> labels) {
    List<Label> sorted = new ArrayList<>(labels);
    sorted.sort(Comparator.comparingDouble(Label::y));
    double[] places = spread(sorted.stream().mapToDouble(Label::y).toArray(), top, height - bottom);
    StringBuilder out = new StringBuilder();
    double x = width - right() + 6;
    for (int i = 0; i < places.length; i++) {
      Label label = sorted.get(i);
      out.append(line("leader c" + label.color, label.x, label.y, x - 2, places[i]))
          .append(text("l" + label.color, x, places[i] + 4, "start", label.name));
    }
    return out.toString();
  }

  /** Moves ascending positions apart by the height of a label, as far as the range allows. */
  static double[] spread(double[] ascending, double low, double high) {
    int n = ascending.length;
    double gap = n < 2 ? 0 : Math.min(LABEL_HEIGHT, (high - low) / (n - 1));
    double[] places = ascending.clone();
    for (int i = 0; i < n; i++) {
      double least = i == 0 ? low : places[i - 1] + gap;
      places[i] = Math.max(places[i], least);
    }
    for (int i = n - 1; i >= 0; i--) {
      double largest = i == n - 1 ? high : places[i + 1] - gap;
      places[i] = Math.min(places[i], largest);
    }
    return places;
  }

  /** Room for the longest name, if names are shown. */
  private double right() {
    int longest = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
    return lines.size() < 2 ? RIGHT : Math.min(width / 2.0, 12 + CHARACTER_WIDTH * longest);
  }

  private double across(double share) {
    return LEFT + share * (width - LEFT - right());
  }

  private double down(double share) {
    return height - bottom - share * (height - top - bottom);
  }

  private static String line(String kind, double x1, double y1, double x2, double y2) {
    return "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>%n"
        .formatted(kind, decimal(x1), decimal(y1), decimal(x2), decimal(y2));
  }

  private static String text(String kind, double x, double y, String anchor, String text) {
    String attribute = kind.isEmpty() ? "" : "class=\"" + kind + "\" ";
    return "<text %sx=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>%n"
        .formatted(attribute, decimal(x), decimal(y), anchor, Html.text(text));
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /**
   * The range of an axis, with a margin.
   *
   * @param low below all values
   * @param high above all values
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

    /** Some round numbers in the range: multiples of 1, 2 or 5 times a power of ten. */
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
