package io.github.maskalign.train.checkpoint;

import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.train.log.RunLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder that holds all that a run leaves behind. A small marker file tells such a folder from
 * any other, which is never written to.
 *
 * @param path where it is
 * @since 0.1.0
 */
public record RunFolder(Path path) {

  private static final String MARKER = ".maskalign-run";
  private static final String CONFIG = "config.json";
  private static final String MACHINE = "machine.json";
  private static final String SCORES = "scores.json";
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /**
   * Creates {@code runs/NAME-timestamp}, with a number behind it if there is one of the same
   * second.
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
   * Takes the folder that the user named: a new or empty one, or one of an earlier run.
   *
   * @throws IllegalArgumentException if it holds something else
   * @throws UncheckedIOException if it cannot be created
   */
  public static RunFolder at(Path path) {
    try {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        throw new IllegalArgumentException(path + " is a file; name a folder for the run");
      }
      Files.createDirectories(path);
      if (Files.exists(path.resolve(MARKER))) {
        return new RunFolder(path);
      }
      try (Stream<Path> content = Files.list(path)) {
        if (content.findAny().isPresent()) {
          throw new IllegalArgumentException(
              path + " holds files that are not of a run; name an empty or a new folder");
        }
      }
      return marked(path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create the run folder " + path, e);
    }
  }

  /**
   * Takes the folder that the user named for a new run.
   *
   * @throws IllegalArgumentException if it holds something else, or checkpoints of an earlier run,
   *     which could be taken for this one's
   */
  public static RunFolder startAt(Path path) {
    RunFolder folder = at(path);
    if (new CheckpointStore(folder.checkpoints(), 1).latest().isPresent()) {
      throw new IllegalArgumentException(
          path
              + " holds checkpoints of an earlier run: go on with --resume, or name another"
              + " folder");
    }
    return folder;
  }

  private static RunFolder marked(Path path) throws IOException {
    Files.writeString(path.resolve(MARKER), "A run of maskalign; it may write here again.\n");
    return new RunFolder(path);
  }

  /** The JSON-lines log, for {@link RunLog}. */
  public Path log() {
    return path.resolve("log.jsonl");
  }

  /**
   * Notes what the run was asked to do, a record, in {@code config.json}.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  public void saveConfig(Object config) {
    save(CONFIG, config);
  }

  /** Notes what a run goes on, in {@code machine.json}, for people. */
  public void saveMachine(Map<String, String> machine) {
    save(MACHINE, machine);
  }

  /**
   * Notes the scores of frozen features, in {@code scores.json}, in place of those noted before.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  public void saveScores(List<FeatureScore> scores) {
    save(SCORES, scores);
  }

  private void save(String name, Object value) {
    try {
      AtomicFile.write(path.resolve(name), Json.bytes(value));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path.resolve(name), e);
    }
  }

  /** What the run was asked to do. */
  public Path configFile() {
    return path.resolve(CONFIG);
  }

  /** What it runs on; older runs have not noted it. */
  public Path machineFile() {
    return path.resolve(MACHINE);
  }

  /** What {@link #saveScores} noted; not every run does. */
  public Path scoresFile() {
    return path.resolve(SCORES);
  }

  /** A copy of the teacher, where it is no file of its own. */
  public Path teacher() {
    return path.resolve("teacher.safetensors");
  }

  /**
   * What {@link #saveConfig} noted.
   *
   * @param type of the record, public in a package that its module exports
   */
  public <T> T config(Class<T> type) {
    return Json.read(configFile(), type);
  }

  /** The folder of checkpoints, for {@link CheckpointStore}. */
  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** The folder of what TensorBoard reads. */
  public Path tensorboard() {
    return path.resolve("tensorboard");
  }

  /** The checkpoint of the best score, for {@link CheckpointStore}. */
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
