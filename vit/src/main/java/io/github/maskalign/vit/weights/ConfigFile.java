package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.ConfigFormat;

/**
 * A configuration of a known format.
 *
 * @param name of its file, for messages
 * @param source where it was found
 */
record ConfigFile(String name, JsonNode json, NetworkFile.ConfigSource source) {

  /**
   * Parses the configuration.
   *
   * @throws FormatException if it is of no known format, or a value is invalid
   */
  ViTConfig parse() {
    try {
      return format().parse(json);
    } catch (TensorException e) {
      throw new FormatException(name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Parses the configuration of these weights.
   *
   * @throws FormatException if a value is invalid, or not that of the weights
   */
  ViTConfig fitting(NamedShapes shapes, WeightFacts facts) {
    ViTConfig config;
    try {
      config = parse();
    } catch (FormatException e) {
      throw new FormatException(e.getMessage() + "; the weights have " + facts, e);
    }
    ConfigFormat format = format();
    new ConfigFit(config, facts, (size, value) -> name + ": " + format.statement(json, size, value))
        .check(shapes);
    return config;
  }

  private ConfigFormat format() {
    return ConfigFormat.of(json)
        .orElseThrow(() -> new FormatException(name + ": not a configuration of a known format"));
  }
}
