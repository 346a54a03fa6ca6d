package io.github.maskalign.vit.weights.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Which file beside it holds each tensor.
 *
 * @param path of the index itself
 * @param fileOf by tensor name
 */
record ShardIndex(Path path, Map<String, Path> fileOf) {

  private static final String MAP = "weight_map";
  private static final int MAX_SHARDS = 4096;

  static ShardIndex read(Path path) {
    JsonNode json = JsonFiles.read(path);
    if (!json.path(MAP).isObject() || json.path(MAP).isEmpty()) {
      throw new FormatException(path + ": an index of shards has a " + MAP + ", this has none");
    }
    Map<String, Path> fileOf = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.get(MAP).properties()) {
      fileOf.put(entry.getKey(), shard(path, entry.getValue()));
    }
    ShardIndex index = new ShardIndex(path, fileOf);
    if (index.files().size() > MAX_SHARDS) {
      throw new FormatException(path + ": names " + index.files().size() + " shards");
    }
    return index;
  }

  /** Shards lie beside their index: a name that leads elsewhere is no shard. */
  private static Path shard(Path index, JsonNode name) {
    String text = name.asText();
    if (!name.isTextual()
        || text.isBlank()
        || text.matches(".*[/\\\\\0:].*")
        || text.equals("..")) {
      throw new FormatException(index + ": the name of a shard is not that of a file beside it");
    }
    return index.resolveSibling(text);
  }

  /** The shards, each once. */
  List<Path> files() {
    return List.copyOf(new LinkedHashSet<>(fileOf.values()));
  }
}
