package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import java.util.List;

/**
 * The values of a JSON object by key. A value that is absent or null has a default; one of another
 * type or out of range is an error, never a default.
 */
public record Fields(JsonNode json) {

  /** Leaves room for arithmetic; weights have no such sizes. */
  private static final int MAX = 1 << 30;

  private static final double MAX_REAL = 1e6;

  /** A size of at least 1; some files have height and width, which must be equal. */
  public int size(String key, int absent) {
    return integer(key, absent, 1);
  }

  /** The size of images: an integer, or height and width. */
  public ImageSize imageSize(String key, ImageSize absent) {
    JsonNode value = json.path(key);
    if (!value.isArray()) {
      return isAbsent(value) ? absent : ImageSize.square(size(key, 1));
    }
    if (value.size() != 2) {
      throw fault(key, value, "an integer or [height, width]");
    }
    return new ImageSize(
        integer(key, value, value.get(0), 1), integer(key, value, value.get(1), 1));
  }

  /** A number of at least 0. */
  public int count(String key, int absent) {
    return integer(key, absent, 0);
  }

  private int integer(String key, int absent, int min) {
    JsonNode value = json.path(key);
    if (isAbsent(value)) {
      return absent;
    }
    JsonNode one = value;
    if (value.isArray()) {
      if (value.size() != 2 || !value.get(0).equals(value.get(1))) {
        throw fault(key, value, "one integer or two equal ones");
      }
      one = value.get(0);
    }
    return integer(key, value, one, min);
  }

  private static int integer(String key, JsonNode value, JsonNode one, int min) {
    if (!one.isIntegralNumber()
        || !one.canConvertToInt()
        || one.intValue() < min
        || one.intValue() > MAX) {
      throw fault(key, value, "an integer from %d to %d".formatted(min, MAX));
    }
    return one.intValue();
  }

  /** A number of at least 0. */
  public double real(String key, double absent) {
    JsonNode value = json.path(key);
    if (isAbsent(value)) {
      return absent;
    }
    double number = value.doubleValue();
    if (!value.isNumber() || !(number >= 0 && number <= MAX_REAL)) {
      throw fault(key, value, "a number from 0 to %.0f".formatted(MAX_REAL));
    }
    return number;
  }

  public boolean flag(String key, boolean absent) {
    JsonNode value = json.path(key);
    if (isAbsent(value)) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw fault(key, value, "true or false");
    }
    return value.booleanValue();
  }

  /**
   * The refusal of a setting whose effect is not known.
   *
   * @param owner the group of settings
   */
  public static FormatException unknown(String owner, String key, JsonNode value) {
    return new FormatException(
        "%s '%s' is %s, which is not supported; it may change the network's numbers"
            .formatted(owner, key, JsonText.shown(value)));
  }

  /**
   * The options of an object, of which none may be unknown.
   *
   * @param owner for messages
   * @throws FormatException naming an option that is unknown
   */
  public Fields options(String key, String known, String owner) {
    JsonNode options = json.path(key);
    if (isAbsent(options)) {
      return new Fields(options);
    }
    if (!options.isObject()) {
      throw fault(key, options, "an object");
    }
    options
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.equals(known)) {
                throw new FormatException(
                    "'%s' of %s has '%s'; supported is '%s'".formatted(key, owner, name, known));
              }
            });
    return new Fields(options);
  }

  public String text(String key, String absent) {
    JsonNode value = json.path(key);
    if (isAbsent(value)) {
      return absent;
    }
    if (!value.isTextual()) {
      throw fault(key, value, "a string");
    }
    return value.textValue();
  }

  /**
   * Requires one of some words, or none.
   *
   * @param owner for messages
   * @throws FormatException if it is another
   */
  public void requireOneOf(String owner, String key, String... words) {
    String word = text(key, words[0]);
    if (!List.of(words).contains(word)) {
      throw new FormatException("%s: %s '%s' is not supported".formatted(owner, key, word));
    }
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static FormatException fault(String key, JsonNode value, String expected) {
    return new FormatException(
        "'%s' is %s, expected %s".formatted(key, JsonText.shown(value), expected));
  }
}
