package io.github.maskalign.vectors.cases;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of a case, a JSON file.
 *
 * @param path of the JSON file
 * @param root of the folder, to which paths of weights are relative
 * @param kind name of the computation
 * @param config its parameters
 * @param tensors by name
 * @param json the whole file
 */
public record Manifest(
    Path path,
    Path root,
    String kind,
    JsonNode config,
    Map<String, TensorSpec> tensors,
    JsonNode json) {

  private static final Set<String> GIVEN = Set.of("input", "cotangent", "weight");

  /** The entry of a tensor in a manifest. */
  record TensorSpec(String role, List<Integer> dims, @Nullable PassRule rule) {

    /** Whether a case must compute it. */
    boolean expected() {
      return !GIVEN.contains(role);
    }
  }

  /**
   * Reads a manifest.
   *
   * @throws FormatException if it is not one
   * @throws UncheckedIOException if it cannot be read
   */
  public static Manifest read(Path root, Path path) {
    JsonNode json = JsonFiles.value(path, JsonKind.CONFIGURATION);
    if (!json.path("kind").isTextual()) {
      throw new FormatException(path + ": a manifest names its 'kind', this one does not");
    }
    Map<String, TensorSpec> tensors = new LinkedHashMap<>();
    json.path("tensors").properties().forEach(e -> tensors.put(e.getKey(), spec(e.getValue())));
    return new Manifest(
        path, root, json.get("kind").textValue(), json.path("config"), tensors, json);
  }

  private static TensorSpec spec(JsonNode json) {
    List<Integer> dims = new ArrayList<>();
    json.path("shape").forEach(dim -> dims.add(dim.intValue()));
    return new TensorSpec(json.path("role").asText(), dims, PassRule.parse(json));
  }

  /** The data file, or null if the case has none. */
  @Nullable Path data() {
    JsonNode file = json.get("file");
    return file == null ? null : path.resolveSibling(file.asText());
  }

  /** Strings of a list in the configuration; empty if it is absent. */
  List<String> names(String key) {
    List<String> names = new ArrayList<>();
    config.path(key).forEach(name -> names.add(name.asText()));
    return names;
  }
}
