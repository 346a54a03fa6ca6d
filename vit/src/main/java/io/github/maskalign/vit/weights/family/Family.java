package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.ConfigSize;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A family of published networks: its names in files, its configuration and the defaults of what
 * that leaves out. To add one, write a class and add it to {@link Families}.
 *
 * @since 0.1.0
 */
public interface Family {

  /** The names of image towers in files, the most specific first. */
  List<NameTable> tables();

  /** Whether a configuration file is of this family. */
  boolean reads(JsonNode config);

  /**
   * The configuration of an image tower.
   *
   * @param held what the weights have, for what configurations leave to them
   * @throws io.github.maskalign.tensor.error.FormatException if a value is invalid, or would change
   *     numbers and is not supported
   */
  ViTConfig config(JsonNode config, Held held);

  /**
   * Where a configuration states a size, such as {@code vision_config.hidden_size}: the names of
   * nested keys joined by dots.
   */
  String key(JsonNode config, ConfigSize size);

  /**
   * Keys of a configuration that are neither read nor known to change no numbers: the names of
   * nested keys joined by dots. A family that refuses such keys has none.
   */
  default List<String> unknownKeys(JsonNode config) {
    return List.of();
  }

  /** Epsilon of the norms in files without configuration. */
  default double usualEps(TokenConfig tokens) {
    return 1e-6;
  }

  /** The activation in files without configuration. */
  default Activation usualActivation() {
    return Activation.GELU;
  }

  /**
   * The preprocessing of its published networks, for files that state none; empty if it is not one.
   *
   * @param holds whether the file has a parameter
   */
  default Optional<PublishedPreprocessing> published(Predicate<String> holds) {
    return Optional.empty();
  }

  /**
   * The grid that a position table is taken to have when it is resampled; null to leave it.
   *
   * @param stated the grid of the configuration
   * @param rows number of patches that have a position in the file
   * @param wanted the grid of the network
   */
  default @Nullable Grid tableGrid(Grid stated, int rows, Grid wanted) {
    if (stated.patches() == rows) {
      return stated;
    }
    return Grid.ofSquare(rows);
  }
}
