package io.github.maskalign.vit.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DatabindException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AbsentContent;
import io.github.maskalign.tensor.io.BoundedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Reads JSON strictly, and within the limits of its {@linkplain JsonKind kind}, so that a small
 * file cannot exhaust memory.
 *
 * @since 0.1.0
 */
public final class JsonFiles {

  private JsonFiles() {}

  /** Something that parses. */
  private interface Parse<T> {
    T run() throws IOException;
  }

  /**
   * Reads a value.
   *
   * @throws FormatException if it is not JSON, or exceeds a limit
   * @throws UncheckedIOException if it cannot be read
   */
  public static JsonNode value(Path path, JsonKind kind) {
    byte[] text = bytes(path, kind);
    return parsed(path.toString(), kind, () -> kind.mapper().readTree(text));
  }

  /**
   * Parses a value.
   *
   * @param name for messages
   * @throws FormatException if the text is not JSON, or exceeds a limit
   */
  public static JsonNode value(String name, String text, JsonKind kind) {
    return parsed(name, kind, () -> kind.mapper().readTree(text));
  }

  /**
   * Reads an object.
   *
   * @throws FormatException if it is not a JSON object, or exceeds a limit
   * @throws UncheckedIOException if it cannot be read
   */
  public static JsonNode object(Path path, JsonKind kind) {
    return requireObject(path.toString(), value(path, kind));
  }

  /**
   * Parses an object.
   *
   * @param name for messages
   * @throws FormatException if the text is not a JSON object, or exceeds a limit
   */
  public static JsonNode object(String name, String text, JsonKind kind) {
    return requireObject(name, value(name, text, kind));
  }

  /**
   * Reads a record, whose values must all be there.
   *
   * @throws FormatException if it is not such a record, or exceeds a limit
   * @throws UncheckedIOException if it cannot be read
   */
  public static <T> T read(Path path, Class<T> type, JsonKind kind) {
    return convert(path.toString(), value(path, kind), type);
  }

  /**
   * Parses a record, whose values must all be there.
   *
   * @param name for messages
   * @throws FormatException if it is not such a record, or exceeds a limit
   */
  public static <T> T parse(String name, String text, Class<T> type, JsonKind kind) {
    return convert(name, object(name, text, kind), type);
  }

  /**
   * Converts an object to a record, whose values must all be there.
   *
   * @param name for messages
   * @throws FormatException if it is not such a record
   */
  public static <T> T convert(String name, JsonNode json, Class<T> type) {
    JsonKind kind = JsonKind.CONFIGURATION; // Limits apply to text only.
    JsonNode object = requireObject(name, json);
    return parsed(name, kind, () -> kind.mapper().treeToValue(object, type));
  }

  private static byte[] bytes(Path path, JsonKind kind) {
    try {
      byte[] content = BoundedFiles.read(path, kind.maxBytes(), kind.title());
      if (kind != JsonKind.RUN) { // Written here, and read again with errors of their own.
        AbsentContent.refuse(path, content);
      }
      return content;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  private static JsonNode requireObject(String name, JsonNode json) {
    if (!json.isObject()) {
      throw new FormatException(name + ": not a JSON object");
    }
    return json;
  }

  private static <T> T parsed(String name, JsonKind kind, Parse<T> parse) {
    try {
      return parse.run();
    } catch (StreamConstraintsException e) {
      throw new FormatException(
          "%s: too large for %s: %s".formatted(name, kind.title(), firstLine(e)), e);
    } catch (JacksonException e) {
      throw new FormatException(name + ": " + problem(e), e);
    } catch (IOException e) {
      // The text is in memory: it cannot be decoded.
      throw new FormatException(name + ": not JSON: " + e.getMessage(), e);
    }
  }

  private static String problem(JacksonException e) {
    if (e instanceof ValueInstantiationException refused && e.getCause() != null) {
      return reason(refused.getType().getRawClass(), e.getCause());
    }
    // Databind's own errors are about the type, except for content after the end.
    boolean syntax = !(e instanceof DatabindException) || firstLine(e).startsWith("Trailing");
    return (syntax ? "not JSON: " : "") + firstLine(e);
  }

  /** Why a record refuses its values. */
  private static String reason(Class<?> type, Throwable refusal) {
    return refusal instanceof NullPointerException
        ? "a required value of " + type.getSimpleName() + " is null"
        : String.valueOf(refusal.getMessage());
  }

  private static String firstLine(JacksonException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("damaged");
  }
}
