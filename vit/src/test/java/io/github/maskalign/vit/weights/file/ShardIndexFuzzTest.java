package io.github.maskalign.vit.weights.file;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import io.github.maskalign.vit.json.JsonMutations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class ShardIndexFuzzTest extends FuzzContract {

  private static final String INDEX =
      """
      {"metadata": {"total_size": 24}, "weight_map": {"a": "one.safetensors",
       "b": "two.safetensors", "c.weight": "two.safetensors"}}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void save() throws IOException {
    // Valid as well, but not in the folder of any index.
    Path outside = Files.createDirectory(folder.resolve("outside"));
    shard(outside.resolve("one.safetensors"), "a");
    shard(folder.resolve("one.safetensors"), "a");
    shard(folder.resolve("two.safetensors"), "b", "c.weight");
  }

  private static void shard(Path path, String... names) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    for (String name : names) {
      writer.add(name, Shape.of(2), new float[2]);
    }
    writer.write(path);
  }

  @Override
  protected ByteMutator mutator() {
    return new ByteMutator(
        List.of(INDEX.getBytes(StandardCharsets.UTF_8)),
        Stream.concat(
                Stream.of(JsonMutations.TOKENS),
                Stream.of(
                    "../",
                    "/",
                    "\\n/../",
                    "\\u0000",
                    "\\ud800",
                    "..",
                    "\\\\",
                    "one.safetensors",
                    "../outside/one.safetensors",
                    "weight_map"))
            .toList());
  }

  @Override
  protected void read(byte[] file, String name) throws IOException {
    Path place = Files.createDirectory(folder.resolve(name));
    Path index = place.resolve("model.safetensors.index.json");
    Path one = place.resolve("one.safetensors");
    Path two = place.resolve("two.safetensors");
    try {
      Files.createLink(one, folder.resolve("one.safetensors"));
      Files.createLink(two, folder.resolve("two.safetensors"));
      Files.write(index, file);
      try (WeightFile open = WeightFiles.open(place)) {
        open.names().forEach(open::shape);
        for (Path shard : open.files()) {
          if (!shard.toRealPath().getParent().equals(place.toRealPath())) {
            throw new IllegalStateException("read " + shard);
          }
        }
      }
    } finally {
      Files.deleteIfExists(index);
      Files.delete(one);
      Files.delete(two);
      Files.delete(place);
    }
  }

  @Override
  protected boolean isRefusal(Throwable failure) {
    return failure instanceof FormatException
        || failure instanceof UncheckedIOException e && e.getCause() instanceof NoSuchFileException;
  }
}
