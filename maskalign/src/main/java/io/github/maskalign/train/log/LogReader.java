package io.github.maskalign.train.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what a {@link RunLog} wrote.
 *
 * @since 0.1.0
 */
public final class LogReader {

  private static final ObjectMapper JSON = new ObjectMapper();

  private LogReader() {}

  /**
   * The numbers of each line by key, in the order of the log; what is not finite is missing. A last
   * line that is still being written does not count.
   *
   * @throws FormatException if the file is not such a log
   */
  public static List<Map<String, Double>> read(Path log) {
    try {
      String text = Files.readString(log);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1);
      return whole.lines().map(line -> numbers(log, line)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }

  private static Map<String, Double> numbers(Path log, String line) {
    try {
      Map<String, Double> numbers = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : JSON.readTree(line).properties()) {
        if (entry.getValue().isNumber()) {
          numbers.put(entry.getKey(), entry.getValue().doubleValue());
        }
      }
      return numbers;
    } catch (JsonProcessingException e) {
      throw new FormatException(log + " is not a training log: " + e.getOriginalMessage(), e);
    }
  }
}
