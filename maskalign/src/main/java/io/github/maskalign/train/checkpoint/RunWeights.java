package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.file.WeightFolder;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The weights of a run that has not ended: those of its best checkpoint, else of the newest one. A
 * checkpoint that was changed is not used, as in a resume.
 *
 * @since 0.1.0
 */
public final class RunWeights implements WeightFolder {

  /** For the service loader. */
  public RunWeights() {}

  @Override
  public Optional<Found> find(Path folder, List<String> names) {
    if (!FolderKind.RUN.marks(folder)) {
      return Optional.empty();
    }
    RunFolder run = new RunFolder(folder);
    List<String> rejected = new ArrayList<>();
    Optional<Found> found = in(run.best(), "best checkpoint", names, rejected);
    if (found.isEmpty()) {
      found = in(run.checkpoints(), "newest checkpoint", names, rejected);
    }
    if (found.isEmpty() && !rejected.isEmpty()) {
      throw new FormatException(
          folder + " has no checkpoint that can be used: " + String.join("; ", rejected));
    }
    return found;
  }

  @Override
  public Optional<String> explain(Path path) {
    return FolderKind.RUN.marks(path)
        ? Optional.of(
            "a run without weights: it has no checkpoint yet; 'maskalign runs list %s' shows its state"
                .formatted(path))
        : RunPaths.explained(path);
  }

  private static Optional<Found> in(
      Path place, String description, List<String> names, List<String> rejected) {
    for (Checkpoint checkpoint : new CheckpointStore(place, 1).all()) {
      try {
        checkpoint.verify();
      } catch (FormatException | UncheckedIOException e) {
        rejected.add(e.getMessage());
        continue;
      }
      for (String name : names) {
        if (Files.exists(checkpoint.file(name))) {
          return Optional.of(
              new Found(
                  checkpoint.file(name),
                  "the run has not ended; its %s, step %d%s"
                      .formatted(description, checkpoint.step(), without(rejected))));
        }
      }
    }
    return Optional.empty();
  }

  private static String without(List<String> rejected) {
    return rejected.isEmpty() ? "" : "; not used: " + String.join("; ", rejected);
  }
}
