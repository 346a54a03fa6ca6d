package io.github.maskalign.cli.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.train.checkpoint.FolderKind;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Reads what the folder of a run tells; a damaged file is a remark, not an error. */
final class RunReader {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Scores in the log by their names in the list. */
  private static final Map<String, String> SCORES = Map.of("knn", "k-NN", "top1", "top-1");

  private final Path folder;
  private final RunFolder run;
  private @Nullable String problem;

  RunReader(Path folder) {
    this.folder = folder;
    this.run = new RunFolder(folder);
  }

  /** Reads the folder. */
  RunSummary read() {
    Map<String, String> settings = settings();
    List<Map<String, Double>> log = log();
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
    long bytes = bytes();
    RunState state = state();
    return new RunSummary(
        folder.toString(),
        state,
        step == null ? null : step.longValue(),
        epoch == null ? null : epoch.intValue() + 1,
        epochs(settings),
        score,
        best,
        bytes,
        CommandLineOf.settings(settings),
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

  private Map<String, String> settings() {
    Path file = run.configFile();
    Map<String, String> values = new LinkedHashMap<>();
    try {
      if (Files.exists(file)) {
        for (Map.Entry<String, JsonNode> entry : JSON.readTree(file.toFile()).properties()) {
          values.put(entry.getKey(), entry.getValue().asText());
        }
      }
    } catch (JsonProcessingException e) {
      remark(file.getFileName() + " is damaged: " + e.getOriginalMessage());
    } catch (IOException e) {
      remark("cannot read " + file.getFileName() + ": " + e.getMessage());
    }
    return values;
  }

  private List<Map<String, Double>> log() {
    try {
      return Files.exists(run.log()) ? LogReader.read(run.log()) : List.of();
    } catch (FormatException | UncheckedIOException e) {
      remark(run.log().getFileName() + " is damaged: " + reason(e));
    } catch (TensorException e) {
      remark(reason(e));
    }
    return List.of();
  }

  private static String reason(RuntimeException e) {
    return String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
  }

  private static @Nullable Integer epochs(Map<String, String> settings) {
    try {
      return Integer.valueOf(settings.getOrDefault("epochs", ""));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private long bytes() {
    long[] sum = new long[1];
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // pruned meanwhile, or not ours to read
            }
          });
    } catch (IOException e) {
      remark("cannot read the folder: " + e.getMessage());
    }
    return sum[0];
  }

  /** Keeps the first problem. */
  private void remark(@Nullable String text) {
    if (problem == null) {
      problem = String.valueOf(text).lines().findFirst().orElse("");
    }
  }
}
