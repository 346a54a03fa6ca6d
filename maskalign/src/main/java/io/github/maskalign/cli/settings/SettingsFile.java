package io.github.maskalign.cli.settings;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.BoundedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings in a YAML or JSON file: one key per setting, without nesting. */
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

  private static final int MAX_BYTES = 1 << 20;

  private SettingsFile() {}

  /**
   * Reads a file; a key may be written with {@code _} instead of {@code -}.
   *
   * @throws FormatException if it contains anything but settings
   */
  static Map<String, String> read(Path file) {
    // A pipe is as good as a file: the user names it.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = BoundedFiles.read(file.toString(), in, MAX_BYTES, "settings");
      return values(file.toString(), tree(file.toString(), content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parses a file. */
  static JsonNode tree(String name, byte[] content) throws IOException {
    try {
      return YAML.readTree(content);
    } catch (JacksonException e) {
      throw new FormatException(name + " is neither YAML nor JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The values of a flat object as text. */
  static Map<String, String> values(String name, JsonNode settings) {
    Map<String, String> values = new LinkedHashMap<>();
    if (settings.isMissingNode() || settings.isNull()) {
      return values;
    }
    if (!settings.isObject()) {
      throw new FormatException(name + ": expected lines such as 'epochs: 100'");
    }
    for (Map.Entry<String, JsonNode> entry : settings.properties()) {
      String key = entry.getKey().replace('_', '-');
      JsonNode value = entry.getValue();
      if (value.isContainerNode()) {
        throw new FormatException(
            name + ": '" + key + "' has nested values; a setting has a single value");
      }
      if (values.put(key, value.isNull() ? Setting.NONE : value.asText()) != null) {
        throw new FormatException(name + ": '" + key + "' is set twice");
      }
    }
    return values;
  }

  /** One line, followed by a comment. */
  static String line(String name, String value, @Nullable String remark) {
    try {
      String line = YAML.writeValueAsString(Map.of(name, value)).strip();
      return remark == null ? line : "%-40s # %s".formatted(line, remark);
    } catch (JacksonException e) {
      throw new IllegalStateException(e);
    }
  }
}
