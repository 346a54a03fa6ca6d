package io.github.maskalign.cli.compare;

import java.util.List;
import java.util.stream.IntStream;

/** Markdown tables with aligned columns, readable as plain text. */
final class Markdown {

  private Markdown() {}

  /** The first row is the header; the first column is left-aligned, the others right-aligned. */
  static String table(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths =
        IntStream.range(0, columns)
            .map(c -> rows.stream().mapToInt(row -> cell(row, c).length()).max().orElse(0))
            .toArray();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      line(text, rows.get(i), widths);
      if (i == 0) {
        rule(text, widths);
      }
    }
    return text.toString();
  }

  private static String cell(List<String> row, int column) {
    return row.get(column).replaceAll("[\\r\\n\\t]", " ").replaceAll("[\\\\|`*<\\[]", "\\\\$0");
  }

  private static void line(StringBuilder text, List<String> row, int[] widths) {
    for (int c = 0; c < widths.length; c++) {
      String cell = cell(row, c);
      String space = " ".repeat(widths[c] - cell.length());
      text.append("| ").append(c == 0 ? cell + space : space + cell).append(' ');
    }
    text.append("|\n");
  }

  private static void rule(StringBuilder text, int[] widths) {
    for (int c = 0; c < widths.length; c++) {
      text.append(c == 0 ? "|:" : "|-").append("-".repeat(widths[c])).append(c == 0 ? "-" : ":");
    }
    text.append("|\n");
  }
}
