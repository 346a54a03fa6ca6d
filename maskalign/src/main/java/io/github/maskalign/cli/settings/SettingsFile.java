package io.github.maskalign.cli.settings;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings in a file, YAML or JSON: one key a setting, nothing nested. */
final class SettingsFile {

  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .disable(YAMLGenerator.Feature.SPLIT_LINES)
                  .build())
          .build();

  private SettingsFile() {}

  /**
   * Reads a file; {@code _} is as good as {@code -} in a key.
   *
   * @throws FormatException if it holds something else than settings
   */
  static Map<String, String> read(Path file) {
    try {
      return words(file.toString(), tree(file.toString(), Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The content of a file as a tree. */
  static JsonNode tree(String name, byte[] content) throws IOException {
    try {
      return YAML.readTree(content);
    } catch (JacksonException e) {
      throw new FormatException(name + " is neither YAML nor JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The words of an object of plain values. */
  static Map<String, String> words(String name, JsonNode settings) {
    Map<String, String> words = new LinkedHashMap<>();
    if (settings.isMissingNode() || settings.isNull()) {
      return words;
    }
    if (!settings.isObject()) {
      throw new FormatException(name + ": needed are lines such as 'epochs: 100'");
    }
    for (Map.Entry<String, JsonNode> entry : settings.properties()) {
      String key = entry.getKey().replace('_', '-');
      JsonNode value = entry.getValue();
      if (value.isContainerNode()) {
        throw new FormatException(name + ": " + key + " has values below it; settings have one");
      }
      if (words.put(key, value.isNull() ? Setting.NONE : value.asText()) != null) {
        throw new FormatException(name + ": " + key + " is there twice");
      }
    }
    return words;
  }

  /** One line, with a remark behind it. */
  static String line(String name, String word, @Nullable String remark) {
    try {
      String line = YAML.writeValueAsString(Map.of(name, word)).strip();
      return remark == null ? line : "%-40s # %s".formatted(line, remark);
    } catch (JacksonException e) {
      throw new IllegalStateException(e);
    }
  }
}
