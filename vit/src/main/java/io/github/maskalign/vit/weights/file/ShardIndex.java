package io.github.maskalign.vit.weights.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.SiblingFiles;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The index of a sharded safetensors file.
 *
 * @param path of the index
 * @param fileOf the shard of each tensor
 */
record ShardIndex(Path path, Map<String, Path> fileOf) {

  private static final String MAP = "weight_map";
  private static final int MAX_SHARDS = 4096;

  static ShardIndex read(Path path) {
    JsonNode json = JsonFiles.object(path, JsonKind.INDEX);
    if (!json.path(MAP).isObject() || json.path(MAP).isEmpty()) {
      throw new FormatException(
          path
              + ": JSON without a "
              + MAP
              + ", so no index of shards; give a weight file, its index, or their folder");
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

  private static Path shard(Path index, JsonNode name) {
    if (!name.isTextual()) {
      throw new FormatException(index + ": the name of a shard is not a string");
    }
    return SiblingFiles.resolve(index, name.textValue(), "shard");
  }

  /** The shards, each once. */
  List<Path> files() {
    return List.copyOf(new LinkedHashSet<>(fileOf.values()));
  }
}
