package io.github.maskalign.train.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.BoundedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Reads records from JSON strictly, since a missing value would silently become zero, and a value
 * of another type something else. Records check their values in their constructors.
 */
final class Json {

  /** More than the state of any network; larger files are not read. */
  private static final int MAX_BYTES = 1 << 24;

  /** Bounds the memory of the parsed content, which can be many times that of the text. */
  private static final int MAX_TOKENS = 1_000_000;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MAX_TOKENS).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  static <T> T read(Path path, Class<T> type) {
    return convert(path, tree(path), type);
  }

  /** The content of a file. */
  static JsonNode tree(Path path) {
    try {
      return MAPPER.readTree(BoundedFiles.read(path, MAX_BYTES, "a file of a run"));
    } catch (JacksonException e) {
      throw new FormatException(path + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  /** The content of a file as a record. */
  static <T> T convert(Path path, JsonNode tree, Class<T> type) {
    try {
      T value = tree.isObject() ? MAPPER.treeToValue(tree, type) : null;
      if (value == null) {
        throw new FormatException(
            "%s is not a %s: expected an object".formatted(path, type.getSimpleName()));
      }
      return value;
    } catch (JacksonException e) {
      throw new FormatException(
          "%s is not a %s: %s".formatted(path, type.getSimpleName(), reason(e)), e);
    }
  }

  /** The message of the record that rejects its values, else the parser's. */
  private static String reason(JacksonException e) {
    boolean rejected = e instanceof ValueInstantiationException && e.getCause() != null;
    return rejected ? e.getCause().getMessage() : e.getOriginalMessage();
  }

  /** Whether a name is that of a visible file, without a folder. */
  static boolean isPlainName(String name) {
    return name.matches("[^./\\\\\\x00-\\x1f][^/\\\\\\x00-\\x1f]*");
  }
}
