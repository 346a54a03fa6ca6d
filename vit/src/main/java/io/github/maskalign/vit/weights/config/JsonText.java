package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;

/** JSON values in messages. */
final class JsonText {

  private static final int SHOWN = 60;

  private JsonText() {}

  static String shown(JsonNode value) {
    if (value.isObject()) {
      return "an object";
    }
    if (value.isArray() && value.size() > 2) {
      return "a list of " + value.size();
    }
    String text = value.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
