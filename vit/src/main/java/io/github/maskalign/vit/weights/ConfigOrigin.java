package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.weights.NetworkFile.ConfigSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the configuration of a network was found.
 *
 * @param source the kind of place
 * @param description of the place, for messages
 * @param notes what was passed over, a line each
 * @since 0.1.0
 */
public record ConfigOrigin(ConfigSource source, String description, List<String> notes) {

  /** Most unknown keys that are named. */
  private static final int SHOWN = 8;

  /** Copies the list. */
  public ConfigOrigin {
    notes = List.copyOf(notes);
  }

  /** No configuration. */
  static ConfigOrigin shapes() {
    return new ConfigOrigin(ConfigSource.SHAPES, ConfigSource.SHAPES.description(), List.of());
  }

  /** A configuration in metadata, or in a file beside the weights. */
  static ConfigOrigin of(ConfigFile config) {
    String place =
        config.source() == ConfigSource.CONFIG_JSON
            ? Path.of(config.name()).getFileName() + " beside the weights"
            : config.source().description();
    return new ConfigOrigin(config.source(), place, unknown(config));
  }

  private static List<String> unknown(ConfigFile config) {
    List<String> keys = config.family().unknownKeys(config.json());
    List<String> notes = new ArrayList<>();
    for (String key : keys.subList(0, Math.min(keys.size(), SHOWN))) {
      notes.add(
          "%s: '%s' is not known and is ignored".formatted(config.name(), Printable.line(key)));
    }
    if (keys.size() > SHOWN) {
      notes.add(
          "%s: %s not known and ignored"
              .formatted(config.name(), Quantity.of(keys.size() - SHOWN, "further key")));
    }
    return notes;
  }
}
