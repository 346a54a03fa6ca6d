package io.github.maskalign.vit.weights.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.Quantity;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Names of classes in JSON: a list, or an object whose keys are the numbers, in any order. */
final class LabelList {

  private LabelList() {}

  /**
   * Reads the names.
   *
   * @param key for messages
   * @param count of classes
   * @throws FormatException if there is not one name per class
   */
  static List<String> of(String key, JsonNode json, int count) {
    if (!json.isArray() && !json.isObject()) {
      throw new FormatException("'%s': expected a list or an object".formatted(key));
    }
    if (json.size() != count) {
      throw new FormatException(
          "'%s' has %d names, the head has %d classes".formatted(key, json.size(), count));
    }
    String[] names = new String[count];
    if (json.isArray()) {
      Arrays.setAll(names, i -> name(key, json.get(i)));
    } else {
      for (Map.Entry<String, JsonNode> entry : json.properties()) {
        names[number(key, entry.getKey(), names)] = name(key, entry.getValue());
      }
    }
    return List.of(names);
  }

  /**
   * Checks the number of classes that a configuration states, if it states one.
   *
   * @throws FormatException if it is not that of the head
   */
  static void requireCount(String key, JsonNode config, int count) {
    JsonNode stated = config.path(key);
    if (stated.isNumber() && stated.doubleValue() != count) {
      throw new FormatException(
          "'%s' is %s, the head has %s".formatted(key, stated, Quantity.of(count, "class")));
    }
  }

  private static int number(String key, String text, String[] names) {
    int number = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
    if (number < 0 || number >= names.length) {
      throw new FormatException(
          "'%s': '%s' is not the number of a class, 0 to %d"
              .formatted(key, Printable.line(text), names.length - 1));
    }
    if (names[number] != null) {
      throw new FormatException("'%s' has two names of class %d".formatted(key, number));
    }
    return number;
  }

  private static String name(String key, JsonNode name) {
    if (!name.isTextual() && !name.isNumber()) {
      throw new FormatException("'%s': a name is %s, expected text".formatted(key, name));
    }
    return name.asText();
  }
}
