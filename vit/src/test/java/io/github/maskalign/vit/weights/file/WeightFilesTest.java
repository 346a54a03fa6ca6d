package io.github.maskalign.vit.weights.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFilesTest {

  @TempDir private Path folder;

  private Path shard(String file, String tensor, float... values) {
    Path path = folder.resolve(file);
    new SafeTensorsWriter()
        .metadata("format", "pt")
        .add(tensor, Shape.of(values.length), values)
        .write(path);
    return path;
  }

  private Path index(String json) throws IOException {
    return Files.writeString(folder.resolve("model.safetensors.index.json"), json);
  }

  private String refused(Path path) {
    return assertThrows(FormatException.class, () -> WeightFiles.open(path).close()).getMessage();
  }

  @Test
  void tellsFilesByTheirContent() {
    try (WeightFile file = WeightFiles.open(shard("weights.bin", "a", 1, 2))) {
      assertEquals("safetensors", file.format());
      assertEquals(Set.of("a"), file.names());
      assertEquals("pt", file.metadata().get("format"));
    }
  }

  @Test
  void opensShardsAsOneFile() throws IOException {
    shard("one.safetensors", "a", 1, 2);
    shard("two.safetensors", "b", 3);
    index(
        """
        {"metadata": {"total_size": 12},
         "weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}
        """);
    try (WeightFile file = WeightFiles.open(folder);
        Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      assertEquals("safetensors in 2 shards", file.format());
      assertEquals(Set.of("a", "b"), file.names());
      assertEquals(Shape.of(2), file.shape("a"));
      assertArrayEquals(new float[] {3}, file.read(scope.eager(), "b").toFloats());
    }
  }

  @Test
  void refusesShardsThatAreNotThoseOfTheIndex() throws IOException {
    shard("one.safetensors", "a", 1, 2);
    Path index = index("{\"weight_map\": {\"b\": \"one.safetensors\"}}");
    assertTrue(refused(index).contains("'b' is not in one.safetensors"));
    index("{\"weight_map\": {\"a\": \"gone.safetensors\"}}");
    assertThrows(UncheckedIOException.class, () -> WeightFiles.open(index));
    shard("two.safetensors", "b", 3);
    shard("one.safetensors", "a", 1, 2);
    new SafeTensorsWriter()
        .add("a", Shape.of(1), new float[1])
        .add("left out", Shape.of(1), new float[1])
        .write(folder.resolve("one.safetensors"));
    index("{\"weight_map\": {\"a\": \"one.safetensors\"}}");
    assertTrue(refused(index).contains("names 1 tensors, its shards hold 2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"weight_map\": {}}",
        "{\"weight_map\": {\"a\": 1}}",
        "{\"weight_map\": {\"a\": \"../one.safetensors\"}}",
        "{\"weight_map\": {\"a\": \"/etc/passwd\"}}",
        "{\"weight_map\": {\"a\": \"..\"}}",
        "{\"weight_map\": {\"a\": \"model.safetensors.index.json\"}}",
        "{\"weight_map\": "
      })
  void refusesOtherIndexes(String json) throws IOException {
    shard("one.safetensors", "a", 1, 2);
    refused(index(json));
  }

  @Test
  void refusesOtherFilesAndFolders() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "weights are elsewhere");
    assertTrue(refused(text).contains("begins neither as a safetensors file"));
    assertTrue(refused(Files.createFile(folder.resolve("empty"))).contains("begins neither"));
    assertTrue(refused(folder).contains("no weights in this folder; looked for model.safetensors"));
    assertThrows(UncheckedIOException.class, () -> WeightFiles.open(folder.resolve("gone")));
  }
}
