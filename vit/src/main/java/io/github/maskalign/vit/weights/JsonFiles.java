package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON files that lie beside weights. */
final class JsonFiles {

  /** Larger ones are not of this kind. */
  private static final long MAX_BYTES = 64 << 20;

  private JsonFiles() {}

  /**
   * Reads a file.
   *
   * @throws FormatException if it is not JSON, or no object
   * @throws UncheckedIOException if it cannot be read
   */
  static JsonNode read(Path path) {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new FormatException(path + ": too large, " + Files.size(path) + " bytes of JSON");
      }
      JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(path));
      if (!json.isObject()) {
        throw new FormatException(path + ": not a JSON object");
      }
      return json;
    } catch (JacksonException e) {
      throw new FormatException(path + ": not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }
}
