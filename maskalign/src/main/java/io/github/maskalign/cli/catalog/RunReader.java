package io.github.maskalign.cli.catalog;

import io.github.maskalign.cli.FolderSize;
import io.github.maskalign.cli.settings.StoredSettings;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.train.checkpoint.FolderKind;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads what the folder of a run tells; a damaged file is a remark, not an error. */
final class RunReader {

  /** Scores in the log by their names in the list. */
  private static final Map<String, String> SCORES = Map.of("knn", "k-NN", "top1", "top-1");

  private record Settings(@Nullable Integer epochs, @Nullable String command) {}

  private final Path folder;
  private final RunFolder run;
  private @Nullable String problem;

  RunReader(Path folder) {
    this.folder = folder;
    this.run = new RunFolder(folder);
  }

  /** Reads the folder. */
  RunSummary read() {
    Settings settings = read(run.configFile(), this::settings, new Settings(null, null));
    List<Map<String, Double>> log = read(run.log(), () -> LogReader.read(run.log()), List.of());
    @Nullable String score = null;
    @Nullable Double best = null;
    for (Map.Entry<String, String> kind : SCORES.entrySet()) {
      OptionalDouble largest =
          log.stream()
              .filter(line -> line.containsKey(kind.getKey()))
              .mapToDouble(line -> line.get(kind.getKey()))
              .max();
      if (largest.isPresent()) {
        score = kind.getValue();
        best = largest.getAsDouble();
      }
    }
    Map<String, Double> last = log.isEmpty() ? Map.of() : log.getLast();
    Double step = last.get("step");
    Double epoch = last.get("epoch");
    RunState state = state();
    return new RunSummary(
        folder.toString(),
        state,
        step == null ? null : step.longValue(),
        epoch == null ? null : epoch.intValue() + 1,
        settings.epochs,
        score,
        best,
        FolderSize.of(folder),
        settings.command,
        problem);
  }

  private RunState state() {
    try {
      if (FolderKind.RUN.isLocked(folder)) {
        return RunState.RUNNING;
      }
    } catch (UncheckedIOException e) {
      remark(e.getMessage());
    }
    if (Files.exists(run.failureFile())) {
      return RunState.FAILED;
    }
    if (Files.exists(run.weights()) || Files.exists(run.model())) {
      return RunState.FINISHED;
    }
    return problem == null ? RunState.STOPPED : RunState.DAMAGED;
  }

  private Settings settings() {
    StoredSettings stored = StoredSettings.read(folder);
    return new Settings(epochs(stored.value("epochs")), CommandLineOf.settings(stored));
  }

  private static @Nullable Integer epochs(@Nullable String text) {
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null; // left to the data
    }
  }

  /** What a reader makes of a file; a default if it is absent or damaged. */
  private <T> T read(Path file, Supplier<T> reader, T absent) {
    try {
      return Files.exists(file) ? reader.get() : absent;
    } catch (FormatException | UncheckedIOException e) {
      String reason = String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage());
      remark(file.getFileName() + " is damaged: " + reason);
    } catch (TensorException e) {
      remark(e.getMessage());
    }
    return absent;
  }

  /** Keeps the first problem. */
  private void remark(@Nullable String text) {
    if (problem == null) {
      problem = String.valueOf(text).lines().findFirst().orElse("");
    }
  }
}
