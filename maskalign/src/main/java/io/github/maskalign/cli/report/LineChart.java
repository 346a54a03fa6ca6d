package io.github.maskalign.cli.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A line chart as SVG; several lines are labeled at their ends. */
public final class LineChart {

  /**
   * CSS of the lines and their labels: the colors of Okabe and Ito, which the color-blind can tell
   * apart, with a darker yellow. Where they are used up, they return with another dash.
   */
  static final String COLORS =
      """
      polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
      .c0 { stroke: #0072b2; } .c1 { stroke: #d55e00; } .c2 { stroke: #009e73; }
      .c3 { stroke: #cc79a7; } .c4 { stroke: #e69f00; } .c5 { stroke: #56b4e9; }
      .c6 { stroke: #8a7000; }
      .l0 { fill: #0072b2; } .l1 { fill: #d55e00; } .l2 { fill: #009e73; }
      .l3 { fill: #cc79a7; } .l4 { fill: #e69f00; } .l5 { fill: #56b4e9; }
      .l6 { fill: #8a7000; }
      polyline.d1 { stroke-dasharray: 7 3; } polyline.d2 { stroke-dasharray: 2 3; }
      polyline.d3 { stroke-dasharray: 9 3 2 3; }
      .leader { stroke-width: .7; stroke-dasharray: 2 3; }
      .reference { stroke: #888; stroke-width: 1.2; stroke-dasharray: 6 4; }
      .axis { stroke: #999; }
      """;

  private static final String DOCUMENT_STYLE =
      """
      svg { font: 13px system-ui, sans-serif; fill: #556; }
      .paper { fill: #fff; }
      .grid { stroke: #ddd; }
      circle { fill: #fff; stroke-width: 1.6; }
      """;

  private static final int COLOR_COUNT = 7;
  private static final int LEFT = 58;
  private static final int RIGHT = 26;
  private static final int TOP = 34;
  private static final int BOTTOM = 44;
  private static final int DASH_COUNT = 4;

  /** Distance of the error bars of lines that have points at the same places. */
  private static final double DODGE = 7;

  private static final int TICKS = 5;
  private static final int MAX_DOTS = 40;
  private static final double LABEL_HEIGHT = 14;

  /** Generous for 13 pixels: browsers choose the font. */
  private static final double CHARACTER_WIDTH = 8.5;

  private final String title;
  private final String xTitle;
  private final int width;
  private final int height;
  private final Map<String, List<Point>> lines = new LinkedHashMap<>();
  private final Map<String, Double> references = new LinkedHashMap<>();

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

  /**
   * A small chart for {@link #figure}.
   *
   * @param title of the vertical axis, with its unit
   * @param xTitle title of the horizontal axis, with its unit
   */
  LineChart(String title, String xTitle) {
    this(title, xTitle, 460, 240);
  }

  /**
   * A chart.
   *
   * @param title of the vertical axis, with its unit
   * @param xTitle title of the horizontal axis, with its unit
   */
  public LineChart(String title, String xTitle, int width, int height) {
    this.title = title;
    this.xTitle = xTitle;
    this.width = width;
    this.height = height;
  }

  /** Adds a line, unless it has no points. */
  public LineChart with(String name, List<Point> points) {
    if (!points.isEmpty()) {
      lines.put(name, points);
    }
    return this;
  }

  /** Adds a horizontal line for a value to compare with. */
  public LineChart withReference(String name, double y) {
    references.put(name, y);
    return this;
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** The chart as part of a page. */
  String figure() {
    return "<figure>%n%s%s</svg></figure>%n".formatted(open(""), content());
  }

  /** The chart as an SVG document. */
  public String document() {
    return open(" xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\"")
        + "<style>\n"
        + DOCUMENT_STYLE
        + COLORS
        + "</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
        + content()
        + "</svg>\n";
  }

  private String open(String attributes) {
    return "<svg%s viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n"
        .formatted(attributes.formatted(width, height), width, height, Html.text(title));
  }

  private String content() {
    Span x = Span.of(lines.values().stream().flatMap(List::stream).map(Point::x).toList());
    Span y = vertical();
    StringBuilder out = new StringBuilder(axes(x, y));
    List<Label> labels = new ArrayList<>();
    references.forEach(
        (name, value) -> {
          double at = down(y.share(value));
          out.append(line("reference", LEFT, at, width - right(), at));
          labels.add(new Label(name, "", "reference", width - right(), at));
        });
    int number = 0;
    for (Map.Entry<String, List<Point>> entry : lines.entrySet()) {
      Point end = entry.getValue().getLast();
      int color = number % COLOR_COUNT;
      double shift = shift(number);
      out.append(drawn(entry.getValue(), x, y, number, shift));
      labels.add(
          new Label(
              entry.getKey(),
              "l" + color,
              "c" + color,
              across(x.share(end.x)) + shift,
              down(y.share(end.y))));
      number++;
    }
    return out.append(labeled() ? labels(labels) : "").toString();
  }

  /** The range of the values, their error bars and what they are compared with. */
  private Span vertical() {
    List<Double> values = new ArrayList<>(references.values());
    for (List<Point> points : lines.values()) {
      for (Point point : points) {
        values.add(point.y - point.deviation);
        values.add(point.y + point.deviation);
      }
    }
    return Span.of(values);
  }

  private String axes(Span x, Span y) {
    StringBuilder out = new StringBuilder();
    for (double tick : y.ticks()) {
      double at = down(y.share(tick));
      out.append(line("grid", LEFT, at, width - right(), at))
          .append(text("", LEFT - 6, at + 4, "end", Html.tick(tick)));
    }
    for (double tick : x.ticks()) {
      double at = across(x.share(tick));
      out.append(line("grid", at, TOP, at, height - BOTTOM))
          .append(text("", at, height - BOTTOM + 16, "middle", Html.tick(tick)));
    }
    double floor = height - BOTTOM;
    return out.append(line("axis", LEFT, TOP, LEFT, floor))
        .append(line("axis", LEFT, floor, width - right(), floor))
        .append(text("", 4, TOP - 16, "start", title))
        .append(text("", (LEFT + width - right()) / 2, height - 8, "middle", xTitle))
        .toString();
  }

  /** Moves the lines apart whose error bars would lie on each other. */
  private double shift(int number) {
    boolean bars =
        lines.values().stream().flatMap(List::stream).anyMatch(point -> point.deviation > 0);
    long places =
        lines.values().stream()
            .map(points -> points.stream().map(Point::x).toList())
            .distinct()
            .count();
    return bars && places < lines.size() ? DODGE * (number - (lines.size() - 1) / 2.0) : 0;
  }

  private String drawn(List<Point> points, Span x, Span y, int number, double shift) {
    int color = number % COLOR_COUNT;
    int dash = number / COLOR_COUNT % DASH_COUNT;
    List<String> places = new ArrayList<>();
    StringBuilder dots = new StringBuilder();
    for (Point point : points) {
      double across = across(x.share(point.x)) + shift;
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
    return "<polyline class=\"c%d d%d\" points=\"%s\"/>%n%s"
        .formatted(color, dash, String.join(" ", places), dots);
  }

  /** The name of a line, which ends at (x, y), and the classes of its text and leader. */
  private record Label(String name, String text, String leader, double x, double y) {}

  /** A single line is named by the vertical axis. */
  private boolean labeled() {
    return lines.size() + references.size() > 1;
  }

  /** Names to the right of the plot, each near the end of its line and none over another. */
  private String labels(List<Label> labels) {
    List<Label> sorted = new ArrayList<>(labels);
    sorted.sort(Comparator.comparingDouble(Label::y));
    double[] places = spread(sorted.stream().mapToDouble(Label::y).toArray(), TOP, height - BOTTOM);
    StringBuilder out = new StringBuilder();
    double x = width - right() + 6;
    for (int i = 0; i < places.length; i++) {
      Label label = sorted.get(i);
      out.append(line("leader " + label.leader, label.x, label.y, x - 2, places[i]))
          .append(text(label.text, x, places[i] + 4, "start", label.name));
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
    int longest =
        Stream.concat(lines.keySet().stream(), references.keySet().stream())
            .mapToInt(String::length)
            .max()
            .orElse(0);
    return labeled() ? Math.min(width / 2.0, 12 + CHARACTER_WIDTH * longest) : RIGHT;
  }

  private double across(double share) {
    return LEFT + share * (width - LEFT - right());
  }

  private double down(double share) {
    return height - BOTTOM - share * (height - TOP - BOTTOM);
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
