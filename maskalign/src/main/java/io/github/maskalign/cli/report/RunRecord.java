package io.github.maskalign.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.train.checkpoint.FeatureScore;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the folder of a run tells.
 *
 * @param folder of the run
 * @param config what it was asked to do, by name
 * @param machine what it ran on, by name; empty if that was not noted
 * @param log the numbers of each logged step, by key
 */
record RunRecord(
    RunFolder folder,
    Map<String, String> config,
    Map<String, String> machine,
    List<Map<String, Double>> log) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A value of the log at a step. */
  record Point(double step, double value) {}

  /**
   * Reads a folder.
   *
   * @throws IllegalArgumentException if it is not of a run, or nothing was logged yet
   */
  static RunRecord read(Path path) {
    RunFolder folder = new RunFolder(path);
    if (!Files.isRegularFile(folder.log())) {
      throw new IllegalArgumentException(
          path + " is not the folder of a run: there is no log.jsonl in it");
    }
    List<Map<String, Double>> log = LogReader.read(folder.log());
    if (log.isEmpty()) {
      throw new IllegalArgumentException(folder.log() + " is empty: nothing was logged yet");
    }
    return new RunRecord(folder, words(folder.configFile()), words(folder.machineFile()), log);
  }

  /** The scores of frozen features; none if they were not noted. */
  List<FeatureScore> scores() {
    Path file = folder.scoresFile();
    if (!Files.exists(file)) {
      return List.of();
    }
    List<FeatureScore> scores = new ArrayList<>();
    for (JsonNode row : json(file)) {
      JsonNode probe = row.path("probe");
      scores.add(
          new FeatureScore(
              row.path("features").asText(),
              row.path("knn").asDouble(Double.NaN),
              probe.isNumber() ? probe.doubleValue() : null));
    }
    return scores;
  }

  private static Map<String, String> words(Path file) {
    if (!Files.exists(file)) {
      return Map.of();
    }
    Map<String, String> words = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json(file).properties()) {
      JsonNode value = entry.getValue();
      words.put(entry.getKey(), value.isValueNode() ? value.asText() : value.toString());
    }
    return words;
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new FormatException(file + " is damaged: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** A setting under one of several names; empty if there is none, or its word is "none". */
  Optional<String> setting(String... names) {
    for (String name : names) {
      String word = config.get(name);
      if (word != null && !word.equals("none")) {
        return Optional.of(word);
      }
    }
    return Optional.empty();
  }

  /** The values of a key, where it was logged. */
  List<Point> series(String key) {
    List<Point> points = new ArrayList<>();
    for (Map<String, Double> line : log) {
      if (line.containsKey(key)) {
        points.add(new Point(line.get("step"), line.get(key)));
      }
    }
    return points;
  }

  /** The last value of a key. */
  Optional<Double> last(String key) {
    List<Point> points = series(key);
    return points.isEmpty() ? Optional.empty() : Optional.of(points.getLast().value);
  }

  /** Where a run without a teacher of its own place has copied it. */
  Path teacher() {
    return folder.teacher();
  }

  /** The weights at the end of the run, if it ended. */
  Optional<Path> weights() {
    if (Files.exists(folder.weights())) {
      return Optional.of(folder.weights());
    }
    return Files.exists(folder.model()) ? Optional.of(folder.model()) : Optional.empty();
  }
}
