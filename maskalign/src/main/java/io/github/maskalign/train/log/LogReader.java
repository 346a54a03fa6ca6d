package io.github.maskalign.train.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the log that a {@link RunLog} wrote.
 *
 * @since 0.1.0
 */
public final class LogReader {

  private LogReader() {}

  /**
   * The numbers of each line by key, in the order of the log; values that are not finite are
   * omitted. An incomplete last line is ignored.
   *
   * @throws FormatException if the file is not such a log
   */
  public static List<Map<String, Double>> read(Path log) {
    try {
      BoundedFiles.requireRegular(log);
      String text = Files.readString(log);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1);
      List<Map<String, Double>> lines = new ArrayList<>();
      for (String line : whole.lines().toList()) {
        lines.add(numbers(line(log, lines.size() + 1, line)));
      }
      return List.copyOf(lines);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }

  /**
   * A line of a log.
   *
   * @throws FormatException if it is not a JSON object
   */
  static JsonNode line(Path log, int number, String text) {
    return JsonFiles.object(
        "%s, a training log, line %d".formatted(log, number), text, JsonKind.RUN);
  }

  private static Map<String, Double> numbers(JsonNode line) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    line.properties()
        .forEach(
            entry -> {
              if (entry.getValue().isNumber()) {
                numbers.put(entry.getKey(), entry.getValue().doubleValue());
              }
            });
    return numbers;
  }
}
