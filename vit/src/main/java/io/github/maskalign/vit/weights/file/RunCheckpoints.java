package io.github.maskalign.vit.weights.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The weights of a run of this library that has not ended: those of a checkpoint. */
final class RunCheckpoints {

  private static final String RUN = ".maskalign-run";
  private static final Pattern STEP = Pattern.compile("step-(\\d{1,18})");

  /** Written last. */
  private static final String COMPLETE = "DONE";

  /** The folders of checkpoints with what they contain, in order of precedence. */
  private static final List<Kind> KINDS =
      List.of(new Kind("best", "best checkpoint"), new Kind("checkpoints", "newest checkpoint"));

  private record Kind(String folder, String description) {}

  /**
   * A weight file in a checkpoint.
   *
   * @param description of the checkpoint
   */
  record Found(Path file, String description) {}

  private RunCheckpoints() {}

  /** The best checkpoint of a run, else the newest one; empty if the folder is not one of a run. */
  static Optional<Found> find(Path folder, List<String> names) {
    if (!Files.exists(folder.resolve(RUN))) {
      return Optional.empty();
    }
    for (Kind kind : KINDS) {
      for (Path checkpoint : newestFirst(folder.resolve(kind.folder))) {
        for (String name : names) {
          if (Files.exists(checkpoint.resolve(COMPLETE))
              && Files.exists(checkpoint.resolve(name))) {
            return Optional.of(
                new Found(
                    checkpoint.resolve(name),
                    "the run has not ended; its %s, step %d"
                        .formatted(kind.description, step(checkpoint))));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<Path> newestFirst(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> STEP.matcher(path.getFileName().toString()).matches())
          .sorted(Comparator.comparingLong(RunCheckpoints::step).reversed())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look for checkpoints in " + folder, e);
    }
  }

  private static long step(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring("step-".length()));
  }
}
