package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The keys of config.json that transformers' classes know, from a table that a script of {@code
 * test-vectors/oracle} made with transformers. A family reads those that change numbers.
 */
final class TransformersKeys {

  private static final String TABLE = "transformers-keys.tsv";

  /** The row of keys that all classes know. */
  private static final String COMMON = "*";

  private static final List<String> TOWERS = List.of("vision", "text");

  private final Map<String, Set<String>> table = new HashMap<>();

  private TransformersKeys(String text) {
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\t", 2))
        .forEach(row -> table.put(row[0], Set.of(row[1].split(" "))));
  }

  static TransformersKeys read() {
    try (InputStream in =
        Objects.requireNonNull(TransformersKeys.class.getResourceAsStream(TABLE))) {
      return new TransformersKeys(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + TABLE, e);
    }
  }

  /** Whether the table has the class of a {@code model_type}. */
  boolean knows(String type) {
    return table.containsKey(type);
  }

  /**
   * The keys that have a value and that the class of the configuration does not know, those of its
   * towers after the name of their part.
   */
  List<String> unknown(JsonNode config) {
    String type = config.path("model_type").asText();
    if (!knows(type)) {
      return List.of();
    }
    List<String> unknown = new ArrayList<>();
    Set<String> parts = new HashSet<>();
    for (String tower : TOWERS) {
      String whole = type.replaceFirst("_(vision|text)_model$", "");
      String towerType = whole + "_" + tower + "_model";
      for (String part : List.of(tower + "_config", tower + "_config_dict")) {
        if (knows(towerType) && config.path(part).isObject()) {
          parts.add(part);
          add(unknown, part + ".", config.path(part), towerType, Set.of());
        }
      }
    }
    add(unknown, "", config, type, parts);
    return unknown;
  }

  private void add(
      List<String> unknown, String path, JsonNode json, String type, Set<String> parts) {
    Set<String> own = Objects.requireNonNull(table.get(type));
    Set<String> common = Objects.requireNonNull(table.get(COMMON));
    json.properties()
        .forEach(
            entry -> {
              String key = entry.getKey();
              boolean known = own.contains(key) || common.contains(key) || parts.contains(key);
              if (!known && hasValue(entry.getValue())) {
                unknown.add(path + key);
              }
            });
  }

  /** Old files list options with nothing in them, such as {@code "pruned_heads": {}}. */
  private static boolean hasValue(JsonNode value) {
    return !value.isNull() && !(value.isContainerNode() && value.isEmpty());
  }
}
