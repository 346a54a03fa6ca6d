package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;

/** How a configuration states a value, for messages. */
public final class ConfigStatement {

  private ConfigStatement() {}

  /**
   * Such as {@code "'depth' is 12"}.
   *
   * @param path of the key: the names of nested keys joined by dots
   * @param value that applies where the key is absent or null
   */
  public static String of(JsonNode json, String path, Object value) {
    JsonNode found = json.at("/" + path.replace('.', '/'));
    String key = path.substring(path.lastIndexOf('.') + 1);
    if (!found.isMissingNode() && !found.isNull()) {
      return "'%s' is %s".formatted(key, JsonText.shown(found));
    }
    return json.path("architecture").isTextual()
        ? "'architecture' has %s %s".formatted(key, value)
        : "'%s' is %s by default".formatted(key, value);
  }
}
