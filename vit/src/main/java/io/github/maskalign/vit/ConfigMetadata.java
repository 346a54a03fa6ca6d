package io.github.maskalign.vit;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.json.JsonWriter;
import java.util.Map;

/**
 * The configuration of a network as one line of JSON, {@code {"maskalign": {...}}}. Weight files
 * written by this library carry it in their metadata, so that they load without a configuration
 * file.
 *
 * @since 0.1.0
 */
public final class ConfigMetadata {

  /** The metadata key. */
  public static final String KEY = "vit";

  /** The JSON field that contains all of {@link ViTConfig}. */
  public static final String FIELD = "maskalign";

  private ConfigMetadata() {}

  /** The line that {@link #read} parses. */
  public static String write(ViTConfig config) {
    return JsonWriter.line(Map.of(FIELD, config));
  }

  /**
   * Parses a configuration.
   *
   * @param json text of an object with the field {@link #FIELD}; other fields are ignored
   * @throws FormatException if it is not JSON or the field is missing or incomplete
   */
  public static ViTConfig read(String json) {
    JsonNode field = JsonFiles.object("configuration", json, JsonKind.CONFIGURATION).path(FIELD);
    if (!field.isObject()) {
      throw new FormatException("'" + FIELD + "': expected a JSON object with the configuration");
    }
    return JsonFiles.convert("'" + FIELD + "'", field, ViTConfig.class);
  }
}
