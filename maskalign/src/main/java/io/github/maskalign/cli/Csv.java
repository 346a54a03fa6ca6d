package io.github.maskalign.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of CSV files, as RFC 4180 has them. */
public final class Csv {

  private Csv() {}

  /** A line with its end. */
  public static String line(List<String> cells) {
    return cells.stream().map(Csv::quoted).collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\r\n].*") || !cell.equals(cell.strip())
        ? '"' + cell.replace("\"", "\"\"") + '"'
        : cell;
  }
}
