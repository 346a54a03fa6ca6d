package io.github.maskalign.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of CSV files, as RFC 4180 has them. */
public final class Csv {

  private Csv() {}

  /** A line of a file, with its end. */
  public static String line(List<String> cells) {
    return cells(cells) + "\r\n";
  }

  /** A line without its end, for standard output, which has the system's. */
  public static String cells(List<String> cells) {
    return cells.stream().map(Csv::quoted).collect(Collectors.joining(","));
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\r\n].*") || !cell.equals(cell.strip())
        ? '"' + cell.replace("\"", "\"\"") + '"'
        : cell;
  }
}
