package io.github.maskalign.vit.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.maskalign.tensor.error.ArgumentException;

/**
 * Writes records, maps and lists as JSON.
 *
 * @since 0.1.0
 */
public final class JsonWriter {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter INDENTED = MAPPER.writerWithDefaultPrettyPrinter();

  private JsonWriter() {}

  /** Something that Jackson does. */
  private interface Write<T> {
    T run() throws JsonProcessingException;
  }

  /**
   * The indented content of a file.
   *
   * @throws ArgumentException if the value cannot be written as JSON
   */
  public static byte[] bytes(Object value) {
    return written(value, () -> INDENTED.writeValueAsBytes(value));
  }

  /**
   * One line, without a line break.
   *
   * @throws ArgumentException if the value cannot be written as JSON
   */
  public static String line(Object value) {
    return written(value, () -> MAPPER.writeValueAsString(value));
  }

  /** A part of a larger JSON value. */
  public static JsonNode tree(Record value) {
    return MAPPER.valueToTree(value);
  }

  private static <T> T written(Object value, Write<T> write) {
    try {
      return write.run();
    } catch (JsonProcessingException e) {
      throw new ArgumentException(
          value.getClass().getName() + " cannot be written as JSON: " + e.getOriginalMessage(), e);
    }
  }
}
