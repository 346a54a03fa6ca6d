package io.github.maskalign.vit.weights.file;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the weights of a folder that keeps them elsewhere than at its top. {@link WeightFiles} asks
 * the implementations that {@link java.util.ServiceLoader} finds, after it has looked for a weight
 * file in the folder itself.
 *
 * @since 0.1.0
 */
public interface WeightFolder {

  /**
   * A weight file.
   *
   * @param description where it is and why it was chosen, for messages
   */
  record Found(Path file, String description) {}

  /**
   * The weights of a folder; empty if it is of another kind, or has none.
   *
   * @param names of weight files, in order of precedence
   */
  Optional<Found> find(Path folder, List<String> names);

  /**
   * What a path is in which no weights were found, and what to give instead, for messages; empty if
   * this kind does not know it.
   *
   * @param path of a file or folder, which may be missing
   */
  default Optional<String> explain(Path path) {
    return Optional.empty();
  }
}
