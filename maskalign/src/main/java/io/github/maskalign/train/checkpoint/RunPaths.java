package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.error.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells what a path is that should be the folder of a run, and what to give instead.
 *
 * @since 0.1.0
 */
public final class RunPaths {

  private static final String LIST = "'maskalign runs list' lists the runs";
  private static final int SHOWN = 3;

  private RunPaths() {}

  /**
   * The message for a path that is not the folder of a run.
   *
   * @param missing name of the file that such a folder would have
   */
  public static String notARun(Path path, String missing) {
    return explained(path)
        .map(what -> path + ": " + what)
        .orElseGet(
            () ->
                "%s is not the folder of a run: there is no %s in it; %s"
                    .formatted(path, missing, LIST));
  }

  /** What a path is, if it is missing, or has to do with runs without being the folder of one. */
  static Optional<String> explained(Path path) {
    if (Files.notExists(path)) {
      return Optional.of("no such file or folder; " + LIST);
    }
    return Files.isDirectory(path) ? folderOfRuns(path) : fileOfRun(path);
  }

  private static Optional<String> fileOfRun(Path path) {
    Path run = path.resolveSibling("");
    String name = path.getFileName().toString();
    if (!FolderKind.RUN.marks(run) || !name.matches(".*\\.jsonl?")) {
      return Optional.empty();
    }
    boolean settings = path.equals(new RunFolder(run).configFile());
    return Optional.of(
        "%s of a run, not its weights; give the folder of the run, %s"
            .formatted(
                settings ? "the settings" : "a record", run.toString().isEmpty() ? "." : run));
  }

  private static Optional<String> folderOfRuns(Path folder) {
    if (FolderKind.RUN.marks(folder)) {
      return Optional.empty();
    }
    List<String> runs;
    try (Stream<Path> paths = Files.list(folder)) {
      runs = paths.filter(FolderKind.RUN::marks).map(Path::toString).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // whoever reads it says so
    }
    return runs.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "a folder that contains runs; give one of them, such as "
                + Printable.line(runs, SHOWN));
  }
}
