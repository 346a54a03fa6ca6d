package io.github.maskalign.vectors.cases;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a case's JSON file says.
 *
 * @param path of the JSON file
 * @param root of the folder, which paths of weights are relative to
 * @param kind which computation
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

  /** What a manifest says of one tensor. */
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
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(Files.readAllBytes(path));
    } catch (JacksonException e) {
      throw new FormatException(path + ": not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  /** The data file, or null if the case needs none. */
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
