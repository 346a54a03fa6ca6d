package io.github.maskalign.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.FolderKind;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.checkpoint.RunPaths;
import io.github.maskalign.train.log.LogReader;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a run's folder.
 *
 * @param folder of the run
 * @param config settings by name
 * @param machine properties of the machine by name; empty if not recorded
 * @param log the numbers of each logged step, by key
 */
record RunRecord(
    RunFolder folder,
    Map<String, String> config,
    Map<String, String> machine,
    List<Map<String, Double>> log) {

  /**
   * Reads a folder.
   *
   * @throws ArgumentException if it is not the folder of a run, or its log is empty
   */
  static RunRecord read(Path path) {
    RunFolder folder = new RunFolder(path);
    if (!Files.isRegularFile(folder.log())) {
      throw new ArgumentException(
          FolderKind.RUN.marks(path)
              ? path + ": a run that has logged nothing yet"
              : RunPaths.notARun(path, "log.jsonl"));
    }
    List<Map<String, Double>> log = LogReader.read(folder.log());
    if (log.isEmpty()) {
      throw new ArgumentException(folder.log() + " is empty: nothing was logged yet");
    }
    return new RunRecord(folder, values(folder.configFile()), values(folder.machineFile()), log);
  }

  /** The quality of frozen features; empty if not measured. */
  List<FeatureScore> scores() {
    return folder.scores();
  }

  private static Map<String, String> values(Path file) {
    if (!Files.exists(file)) {
      return Map.of();
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : JsonFiles.object(file, JsonKind.RUN).properties()) {
      JsonNode value = entry.getValue();
      values.put(entry.getKey(), value.isValueNode() ? value.asText() : value.toString());
    }
    return values;
  }

  /** A setting under one of several names; empty if it is absent or "none". */
  Optional<String> setting(String... names) {
    for (String name : names) {
      String word = config.get(name);
      if (word != null && !word.equals("none")) {
        return Optional.of(word);
      }
    }
    return Optional.empty();
  }

  /** The logged values of a key. */
  List<LineChart.Point> series(String key) {
    List<LineChart.Point> points = new ArrayList<>();
    for (Map<String, Double> line : log) {
      if (line.containsKey(key)) {
        points.add(new LineChart.Point(line.get("step"), line.get(key)));
      }
    }
    return points;
  }

  /** The last value of a key. */
  Optional<Double> last(String key) {
    List<LineChart.Point> points = series(key);
    return points.isEmpty() ? Optional.empty() : Optional.of(points.getLast().y());
  }

  /** The copy of the teacher in the folder, which runs of pretrain-tiny have. */
  Path teacher() {
    return folder.teacher();
  }

  /** The final weights, or the folder of a run that has not ended but has a checkpoint. */
  Optional<Path> weights() {
    if (Files.exists(folder.weights())) {
      return Optional.of(folder.weights());
    }
    if (Files.exists(folder.model())) {
      return Optional.of(folder.model());
    }
    return new CheckpointStore(folder.checkpoints(), 1).all().isEmpty()
        ? Optional.empty()
        : Optional.of(folder.path());
  }
}
