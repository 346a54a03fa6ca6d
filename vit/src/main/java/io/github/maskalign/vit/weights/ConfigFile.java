package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.ConfigStatement;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.family.Family;
import io.github.maskalign.vit.weights.family.Held;
import io.github.maskalign.vit.weights.file.WeightFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A configuration of a known family.
 *
 * @param name of its file, for messages
 * @param source where it was found
 */
record ConfigFile(String name, JsonNode json, Family family, NetworkFile.ConfigSource source) {

  /** OpenCLIP's. */
  static final String OPEN_CLIP = "open_clip_config.json";

  private static final List<String> NAMES = List.of("config.json", OPEN_CLIP);

  /** The configuration files beside weights, in order of precedence. */
  static List<Path> beside(WeightFile weights) {
    Path first = weights.files().getFirst();
    return NAMES.stream().map(first::resolveSibling).filter(Files::exists).toList();
  }

  /** Whether there is a configuration beside weights, but not OpenCLIP's. */
  static boolean lacksOpenClip(WeightFile weights) {
    List<Path> beside = beside(weights);
    return !beside.isEmpty() && beside.stream().noneMatch(path -> path.endsWith(OPEN_CLIP));
  }

  /** The error of weights of OpenCLIP beside the configuration of another library. */
  static String openClipIsMissing(WeightFile weights) {
    return "%s: its names are OpenCLIP's, but %s is missing beside it, and config.json is that of other weights"
        .formatted(weights.files().getFirst(), OPEN_CLIP);
  }

  /**
   * The configuration, if it is of a known format.
   *
   * @throws FormatException if the format is known, and the network is not
   */
  static Optional<ConfigFile> of(String name, JsonNode json, NetworkFile.ConfigSource source) {
    try {
      return Families.reading(json).map(family -> new ConfigFile(name, json, family, source));
    } catch (FormatException e) {
      throw new FormatException(name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Parses the configuration of these weights.
   *
   * @throws FormatException if a value is invalid, or not that of the weights
   */
  ViTConfig fitting(NamedShapes shapes, WeightFacts facts) {
    ViTConfig config = parse(held(shapes, facts), facts.toString());
    new ConfigFit(
            config,
            facts,
            (size, value) -> name + ": " + ConfigStatement.of(json, family.key(json, size), value))
        .check(shapes);
    return config;
  }

  /**
   * Parses the configuration.
   *
   * @param weights what the weights have, for messages
   * @throws FormatException if a value is invalid
   */
  ViTConfig parse(Held held, String weights) {
    try {
      return family.config(json, held);
    } catch (TensorException e) {
      throw new FormatException(name + ": " + e.getMessage() + "; the weights have " + weights, e);
    }
  }

  private static Held held(NamedShapes shapes, WeightFacts facts) {
    return new Held(
        facts.width(),
        facts.depth(),
        facts.mlpWidth(),
        facts.positions(),
        parameter -> shapes.find(parameter).orElse(null));
  }
}
