package io.github.maskalign.train.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.io.WriterLock;
import io.github.maskalign.train.log.RunLog;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder of a run: configuration, log, checkpoints, scores and weights. A marker file
 * identifies such a folder; a run never writes to any other.
 *
 * @param path of the folder
 * @since 0.1.0
 */
public record RunFolder(Path path) {

  private static final String CONFIG = "config.json";
  private static final String MACHINE = "machine.json";
  private static final String INPUTS = "inputs.json";
  private static final String FAILURE = "failure.json";
  private static final String SCORES = "scores.json";
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /**
   * Creates {@code runs/NAME-timestamp}, with a number appended if it exists.
   *
   * @throws UncheckedIOException if it cannot be created
   */
  public static RunFolder create(Path runs, String name, LocalDateTime now) {
    String base = name + "-" + STAMP.format(now);
    try {
      Files.createDirectories(runs);
      for (int number = 1; ; number++) {
        Path path = runs.resolve(number == 1 ? base : base + "-" + number);
        try {
          Files.createDirectory(path);
          return marked(path);
        } catch (FileAlreadyExistsException taken) {
          // Another run started in the same second: try the next number.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create a run folder in " + runs, e);
    }
  }

  /**
   * Opens the folder that the user chose: a new or empty one, or that of an earlier run.
   *
   * @throws ArgumentException if it contains other files
   * @throws UncheckedIOException if it cannot be created
   */
  public static RunFolder at(Path path) {
    try {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        throw new ArgumentException(path + " is a file; choose a folder for the run");
      }
      Files.createDirectories(path);
      if (FolderKind.RUN.marks(path)) {
        return new RunFolder(path);
      }
      FolderKind.RUN.requireNoOther(path);
      try (Stream<Path> content = Files.list(path)) {
        if (content.findAny().isPresent()) {
          throw new ArgumentException(
              path + " contains files that are not from a run; choose an empty or new folder");
        }
      }
      return marked(path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create the run folder " + path, e);
    }
  }

  /**
   * Checks that a new run may start here.
   *
   * @throws ArgumentException if the folder contains checkpoints of an earlier run
   */
  public void requireNoCheckpoints() {
    if (new CheckpointStore(checkpoints(), 1).latest().isPresent()) {
      throw new ArgumentException(
          path
              + " contains checkpoints of an earlier run: resume it with --resume, or choose another"
              + " folder");
    }
  }

  private static RunFolder marked(Path path) throws IOException {
    FolderKind.RUN.mark(path);
    return new RunFolder(path);
  }

  /**
   * Becomes the only writer of the folder until the lock is closed or the process ends. Whoever
   * trains holds it from before it looks for checkpoints until after it has saved the weights.
   *
   * @throws io.github.maskalign.tensor.error.StateException if another process writes to it, naming
   *     process and host
   */
  public WriterLock lock() {
    return FolderKind.RUN.lock(path);
  }

  /** The JSON-lines log, for {@link RunLog}. */
  public Path log() {
    return path.resolve("log.jsonl");
  }

  /**
   * Writes the configuration of the run, a record or map, to {@code config.json}.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  public void saveConfig(Object config) {
    save(CONFIG, config);
  }

  /** Writes the machine that the run uses to {@code machine.json}. */
  public void saveMachine(Map<String, String> machine) {
    save(MACHINE, machine);
  }

  /** Writes the identity of the data and of what decides the bits to {@code inputs.json}. */
  public void saveInputs(Record inputs) {
    save(INPUTS, inputs);
  }

  /**
   * Writes the scores of frozen features to {@code scores.json}, replacing earlier ones.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  public void saveScores(List<FeatureScore> scores) {
    save(SCORES, scores);
  }

  /**
   * Reads the scores that {@link #saveScores} wrote; empty if it wrote none.
   *
   * @throws FormatException if the file is damaged
   */
  public List<FeatureScore> scores() {
    Path file = scoresFile();
    if (!Files.exists(file)) {
      return List.of();
    }
    JsonNode rows = JsonFiles.value(file, JsonKind.RUN);
    if (!rows.isArray()) {
      throw new FormatException(file + ": not a list of scores");
    }
    List<FeatureScore> scores = new ArrayList<>();
    for (JsonNode row : rows) {
      scores.add(JsonFiles.convert(file.toString(), row, FeatureScore.class));
    }
    return scores;
  }

  private void save(String name, Object value) {
    try {
      AtomicFile.write(path.resolve(name), JsonWriter.bytes(value));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path.resolve(name), e);
    }
  }

  /** Path of the configuration. */
  public Path configFile() {
    return path.resolve(CONFIG);
  }

  /** Path of the machine description; older runs have none. */
  public Path machineFile() {
    return path.resolve(MACHINE);
  }

  /** Records that the numbers of the run are no longer finite. */
  public void saveFailure(String reason) {
    save(FAILURE, Map.of("reason", reason));
  }

  /** Forgets an earlier failure. */
  public void clearFailure() {
    try {
      Files.deleteIfExists(failureFile());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + failureFile(), e);
    }
  }

  /** Path of what {@link #saveFailure} wrote. */
  public Path failureFile() {
    return path.resolve(FAILURE);
  }

  /** Path of the scores that {@link #saveScores} wrote; not every run has them. */
  public Path scoresFile() {
    return path.resolve(SCORES);
  }

  /** Path of a copy of the teacher, for teachers that are not files. */
  public Path teacher() {
    return path.resolve("teacher.safetensors");
  }

  /**
   * Reads the configuration that {@link #saveConfig} wrote.
   *
   * @param type of the record, public in a package that its module exports
   */
  public <T> T config(Class<T> type) {
    return JsonFiles.read(configFile(), type, JsonKind.RUN);
  }

  /** The folder of checkpoints, for {@link CheckpointStore}. */
  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** The folder of TensorBoard event files. */
  public Path tensorboard() {
    return path.resolve("tensorboard");
  }

  /** The folder of the checkpoint with the best score, for {@link CheckpointStore}. */
  public Path best() {
    return path.resolve("best");
  }

  /** The weights at the end of the run. */
  public Path weights() {
    return path.resolve("student.safetensors");
  }

  /** The classifier at the end of the run. */
  public Path model() {
    return path.resolve("model.safetensors");
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
