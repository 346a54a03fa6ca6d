package io.github.maskalign.cli.compare;

import io.github.maskalign.cli.Csv;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A table of results, which is written as Markdown, CSV and LaTeX.
 *
 * @param head the columns after the first
 * @param rows the lines
 */
record ResultTable(List<Column> head, List<Row> rows) {

  private static final String NAME = "variant";
  private static final String NOTHING = "-";

  /**
   * A column of numbers.
   *
   * @param name of the quantity
   * @param unit of it; empty for a count
   * @param digits after the decimal point
   * @param spread whether its deviation over seeds is shown
   */
  record Column(String name, String unit, int digits, boolean spread) {

    private String title() {
      return unit.isEmpty() ? name : name + " (" + unit + ")";
    }

    private String number(double value) {
      return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
  }

  /**
   * A line.
   *
   * @param name in the first column
   * @param figures one per column; null for what was not measured or does not apply
   */
  record Row(String name, List<@Nullable Spread> figures) {}

  /** Aligned columns, readable as plain text. */
  String markdown() {
    List<List<String>> lines = new ArrayList<>();
    List<String> first = new ArrayList<>(List.of(NAME));
    head.forEach(column -> first.add(column.title()));
    lines.add(first);
    for (Row row : rows) {
      List<String> line = new ArrayList<>(List.of(row.name));
      line.addAll(cells(row, " +- "));
      lines.add(line);
    }
    return Markdown.table(lines);
  }

  /** RFC 4180: a deviation has a column of its own; what is missing is empty. */
  String csv() {
    List<String> lines = new ArrayList<>();
    List<String> first = new ArrayList<>(List.of(NAME));
    for (Column column : head) {
      first.add(column.title());
      if (column.spread) {
        first.add(column.name + " deviation");
      }
    }
    lines.add(Csv.line(first));
    for (Row row : rows) {
      List<String> line = new ArrayList<>(List.of(row.name));
      for (int i = 0; i < head.size(); i++) {
        Spread figure = row.figures.get(i);
        line.add(figure == null ? "" : exact(figure.mean()));
        if (head.get(i).spread) {
          line.add(
              figure == null || Double.isNaN(figure.deviation()) ? "" : exact(figure.deviation()));
        }
      }
      lines.add(Csv.line(line));
    }
    return String.join("", lines);
  }

  private static String exact(double value) {
    return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : "" + value;
  }

  /** A {@code tabular} with the rules of the package booktabs. */
  String latex() {
    StringBuilder out = new StringBuilder("% requires \\usepackage{booktabs}\n");
    out.append("\\begin{tabular}{l").append("r".repeat(head.size())).append("}\n\\toprule\n");
    List<String> first = new ArrayList<>(List.of(NAME));
    head.forEach(column -> first.add(escaped(column.title())));
    out.append(String.join(" & ", first)).append(" \\\\\n\\midrule\n");
    for (Row row : rows) {
      List<String> line = new ArrayList<>(List.of(escaped(row.name)));
      cells(row, " \\pm ")
          .forEach(cell -> line.add(cell.equals(NOTHING) ? "--" : "$" + cell + "$"));
      out.append(String.join(" & ", line)).append(" \\\\\n");
    }
    return out.append("\\bottomrule\n\\end{tabular}\n").toString();
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      switch (c) {
        case '\\' -> out.append("\\textbackslash{}");
        case '~' -> out.append("\\textasciitilde{}");
        case '^' -> out.append("\\textasciicircum{}");
        case '<' -> out.append("\\textless{}");
        case '>' -> out.append("\\textgreater{}");
        case '|' -> out.append("\\textbar{}");
        case '"' -> out.append("\\textquotedbl{}");
        case '&', '%', '$', '#', '_', '{', '}' -> out.append('\\').append(c);
        case '\n', '\r', '\t' -> out.append(' ');
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private List<String> cells(Row row, String sign) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < head.size(); i++) {
      Column column = head.get(i);
      Spread figure = row.figures.get(i);
      if (figure == null) {
        cells.add(NOTHING);
      } else if (column.spread && !Double.isNaN(figure.deviation())) {
        cells.add(column.number(figure.mean()) + sign + column.number(figure.deviation()));
      } else {
        cells.add(column.number(figure.mean()));
      }
    }
    return cells;
  }
}
