package io.github.maskalign.vit.weights.file;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the JSON files that lie beside weights.
 *
 * @since 0.1.0
 */
public final class JsonFiles {

  /** Larger ones are not of this kind. */
  private static final long MAX_BYTES = 64 << 20;

  private JsonFiles() {}

  /**
   * Reads a file.
   *
   * @throws FormatException if it is not JSON, or no object
   * @throws UncheckedIOException if it cannot be read
   */
  public static JsonNode read(Path path) {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new FormatException(path + ": too large, " + Files.size(path) + " bytes of JSON");
      }
      return parse(path.toString(), Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  /**
   * An object.
   *
   * @param name for messages
   * @throws FormatException if the text is not JSON, or no object
   */
  public static JsonNode parse(String name, String text) {
    try {
      JsonNode json = new ObjectMapper().readTree(text);
      if (!json.isObject()) {
        throw new FormatException(name + ": not a JSON object");
      }
      return json;
    } catch (JacksonException e) {
      throw new FormatException(name + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
