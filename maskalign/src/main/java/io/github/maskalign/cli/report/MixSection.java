package io.github.maskalign.cli.report;

import io.github.maskalign.train.log.MixKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The mixing matrix W over time: rows are the teacher's levels, columns the student's. */
final class MixSection {

  private static final int CELL = 22;
  private static final int MARGIN = 26;
  private static final int MAX = 6;

  private MixSection() {}

  /** The section as HTML; empty without mixing. */
  static String of(RunRecord run) {
    List<Map<String, Double>> lines = MixHistory.of(run);
    List<MixKeys.Place> places =
        lines.stream()
            .flatMap(line -> line.keySet().stream())
            .distinct()
            .flatMap(key -> MixKeys.parse(key).stream())
            .toList();
    if (places.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    out.append(
        Html.note(
            "Weight of each student level (columns, counted from 0) in the features that are"
                + " aligned with a teacher level (rows). Blue is negative, red positive; color"
                + " intensity is relative to the largest magnitude."));
    out.append("<div class=\"row\">\n");
    double largest =
        lines.stream()
            .flatMap(line -> line.entrySet().stream())
            .filter(entry -> MixKeys.parse(entry.getKey()).isPresent())
            .mapToDouble(entry -> Math.abs(entry.getValue()))
            .max()
            .orElse(1);
    for (Map<String, Double> line : chosen(lines)) {
      out.append(matrix(line, places, largest));
    }
    out.append(scale(largest));
    return Html.section("Mixing matrix W over time", out.append("</div>\n").toString());
  }

  /** The first, the last, and some in between. */
  private static List<Map<String, Double>> chosen(List<Map<String, Double>> all) {
    if (all.size() <= MAX) {
      return all;
    }
    List<Map<String, Double>> chosen = new ArrayList<>();
    for (int i = 0; i < MAX; i++) {
      chosen.add(all.get(i * (all.size() - 1) / (MAX - 1)));
    }
    return chosen;
  }

  private static String matrix(
      Map<String, Double> line, List<MixKeys.Place> places, double largest) {
    TreeSet<Integer> rows = new TreeSet<>();
    int columns = 0;
    for (MixKeys.Place place : places) {
      rows.add(place.teacher());
      columns = Math.max(columns, place.student() + 1);
    }
    List<Integer> levels = List.copyOf(rows.descendingSet());
    StringBuilder out = new StringBuilder();
    out.append("<figure><figcaption>step ")
        .append(Html.number(line.get("step")))
        .append("</figcaption>\n");
    int width = MARGIN + columns * CELL;
    int height = MARGIN + levels.size() * CELL;
    out.append(
        "<svg style=\"width:%dpx\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
            .formatted(width, width, height));
    for (int row = 0; row < levels.size(); row++) {
      out.append(label(MARGIN - 6, row * CELL + 15, "end", levels.get(row)));
      for (int column = 0; column < columns; column++) {
        String key = new MixKeys.Place(levels.get(row), column).key();
        double value = line.getOrDefault(key, 0.0);
        out.append(
            ("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\">"
                    + "<title>teacher %d, student %d: %s</title></rect>%n")
                .formatted(
                    MARGIN + column * CELL,
                    row * CELL,
                    CELL - 1,
                    CELL - 1,
                    color(value / largest),
                    levels.get(row),
                    column,
                    Html.number(value)));
      }
    }
    for (int column = 0; column < columns; column++) {
      out.append(label(MARGIN + column * CELL + CELL / 2, height - 10, "middle", column));
    }
    return out.append("</svg></figure>\n").toString();
  }

  /** The color scale. */
  private static String scale(double largest) {
    int width = 6 * CELL;
    StringBuilder out = new StringBuilder("<figure><figcaption>scale</figcaption>\n");
    out.append(
        "<svg style=\"width:%dpx\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
            .formatted(width, width, 2 * CELL));
    for (int i = 0; i < width; i++) {
      out.append(
          "<rect x=\"%d\" y=\"0\" width=\"1.1\" height=\"%d\" fill=\"%s\"/>%n"
              .formatted(i, CELL / 2, color(2.0 * i / (width - 1) - 1)));
    }
    out.append(end(0, "start", -largest)).append(end(width / 2, "middle", 0));
    return out.append(end(width, "end", largest)).append("</svg></figure>\n").toString();
  }

  private static String end(int x, String anchor, double value) {
    return "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n"
        .formatted(x, CELL + 2, anchor, Html.number(value));
  }

  private static String label(int x, int y, String anchor, int number) {
    return "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%d</text>%n".formatted(x, y, anchor, number);
  }

  /** -1 .. 1 -> blue, white, red. */
  static String color(double share) {
    double faint = 1 - Math.min(1, Math.abs(share));
    int other = (int) Math.round(40 + faint * 205);
    int own = (int) Math.round(200 + faint * 45);
    return share < 0
        ? String.format(Locale.ROOT, "rgb(%d,%d,%d)", other, other, own)
        : String.format(Locale.ROOT, "rgb(%d,%d,%d)", own, other, other);
  }
}
