package io.github.maskalign.vit.weights.file;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.safetensors.SafeDType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tensors of several shards. */
final class ShardedWeights implements WeightSource {

  private final Path path;
  private final Map<String, WeightFile> holders = new LinkedHashMap<>();

  /**
   * Checks that the index and the shards agree.
   *
   * @throws FormatException if a tensor is missing from its shard or from the index
   */
  ShardedWeights(ShardIndex index, List<WeightFile> shards) {
    this.path = index.path();
    Map<Path, WeightFile> byPath = new HashMap<>();
    shards.forEach(shard -> byPath.put(shard.files().getFirst(), shard));
    index
        .fileOf()
        .forEach(
            (name, file) -> {
              WeightFile shard = byPath.get(file);
              if (!shard.names().contains(name)) {
                throw new FormatException(
                    "%s: tensor '%s' is missing from %s".formatted(path, name, file.getFileName()));
              }
              holders.put(name, shard);
            });
    long stored = shards.stream().mapToLong(shard -> shard.names().size()).sum();
    if (stored != holders.size()) {
      throw new FormatException(
          "%s: the index lists %s, the shards have %d"
              .formatted(path, Quantity.of(holders.size(), "tensor"), stored));
    }
  }

  @Override
  public String description() {
    return path.toString();
  }

  @Override
  public Set<String> names() {
    return holders.keySet();
  }

  @Override
  public Shape shape(String name) {
    return holders.get(name).shape(name);
  }

  @Override
  public SafeDType dtype(String name) {
    return holders.get(name).dtype(name);
  }

  @Override
  public Optional<MemorySegment> view(String name) {
    return holders.get(name).view(name);
  }

  @Override
  public Tensor read(Eager ops, String name) {
    return holders.get(name).read(ops, name);
  }
}
