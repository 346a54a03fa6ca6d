package io.github.maskalign.vit.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.maskalign.tensor.error.ArgumentException;
import org.jspecify.annotations.Nullable;

/**
 * Writes records, maps and lists as JSON.
 *
 * @since 0.1.0
 */
public final class JsonWriter {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter INDENTED = MAPPER.writerWithDefaultPrettyPrinter();
  private static final ObjectWriter PRINTABLE = printable(INDENTED);
  private static final ObjectWriter PRINTABLE_LINE = printable(MAPPER.writer());

  private JsonWriter() {}

  private static ObjectWriter printable(ObjectWriter writer) {
    return writer.with(JsonWriteFeature.ESCAPE_NON_ASCII).with(new DeleteEscape());
  }

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

  /**
   * Indented text for standard output: what would act on a terminal is escaped as JSON does, since
   * escaped in another way it would no longer be JSON.
   *
   * @throws ArgumentException if the value cannot be written as JSON
   */
  public static String printable(Object value) {
    return written(value, () -> PRINTABLE.writeValueAsString(value));
  }

  /**
   * One line for standard output, as {@link #printable} escapes it.
   *
   * @throws ArgumentException if the value cannot be written as JSON
   */
  public static String printableLine(Object value) {
    return written(value, () -> PRINTABLE_LINE.writeValueAsString(value));
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

  /** The only control character that Jackson's options leave. */
  private static final class DeleteEscape extends CharacterEscapes {

    private static final long serialVersionUID = 1L;
    private static final int DELETE = 0x7f;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] escapes = standardAsciiEscapesForJSON();
      escapes[DELETE] = ESCAPE_STANDARD;
      return escapes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null;
    }
  }
}
