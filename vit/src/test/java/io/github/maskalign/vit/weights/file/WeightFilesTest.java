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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
  void namesFilesThatWereNotDownloaded() throws IOException {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
    Path shard = Files.writeString(folder.resolve("one.safetensors"), pointer);
    Path index = index("{\"weight_map\": {\"a\": \"one.safetensors\"}}");
    assertTrue(refused(index).startsWith(shard + ": is only a Git LFS pointer"), refused(index));
    Files.writeString(index, pointer);
    assertTrue(refused(folder).startsWith(index + ": is only a Git LFS pointer"), refused(folder));
    Path empty = Files.write(folder.resolve("model.safetensors"), new byte[0]);
    assertTrue(refused(folder).startsWith(empty + ": is empty (0 bytes)"), refused(folder));
  }

  @Test
  void refusesShardsThatAreNotThoseOfTheIndex() throws IOException {
    shard("one.safetensors", "a", 1, 2);
    Path index = index("{\"weight_map\": {\"b\": \"one.safetensors\"}}");
    assertTrue(refused(index).contains("'b' is missing from one.safetensors"));
    index("{\"weight_map\": {\"a\": \"gone.safetensors\"}}");
    assertThrows(UncheckedIOException.class, () -> WeightFiles.open(index));
    shard("two.safetensors", "b", 3);
    shard("one.safetensors", "a", 1, 2);
    new SafeTensorsWriter()
        .add("a", Shape.of(1), new float[1])
        .add("left out", Shape.of(1), new float[1])
        .write(folder.resolve("one.safetensors"));
    index("{\"weight_map\": {\"a\": \"one.safetensors\"}}");
    assertTrue(refused(index).contains("the index lists 1 tensor, the shards have 2"));
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
        "{\"weight_map\": {\"a\": \"x\\n/../../outside/secret.safetensors\"}}",
        "{\"weight_map\": {\"a\": \"x\\r/../../outside/secret.safetensors\"}}",
        "{\"weight_map\": {\"a\": \"folder/../one.safetensors\"}}",
        "{\"weight_map\": {\"a\": \"one.safetensors/.\"}}",
        "{\"weight_map\": {\"a\": \"\\ud800\"}}",
        "{\"weight_map\": {\"a\": \"\\u0000\"}}",
        "{\"weight_map\": {\"a\": \"\\u001b[2J\"}}",
        "{\"weight_map\": {\"a\": \".\"}}",
        "{\"weight_map\": {\"a\": \"model.safetensors.index.json\"}}",
        "{\"weight_map\": "
      })
  void refusesOtherIndexes(String json) throws IOException {
    shard("one.safetensors", "a", 1, 2);
    refused(index(json));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void followsLinksAsTheHubsCacheHasThem() throws IOException {
    Path blobs = Files.createDirectory(folder.resolve("blobs"));
    Path snapshot = Files.createDirectory(folder.resolve("snapshot"));
    Files.move(shard("one.safetensors", "a", 1, 2), blobs.resolve("3f2a"));
    Files.createSymbolicLink(snapshot.resolve("one.safetensors"), Path.of("..", "blobs", "3f2a"));
    Files.writeString(
        snapshot.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"one.safetensors\"}}");
    try (WeightFile file = WeightFiles.open(snapshot)) {
      assertEquals(Set.of("a"), file.names());
    }
  }

  /** A pipe in the place of a file would block forever. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Timeout(60)
  void doesNotWaitForPipes() throws Exception {
    Path pipe = folder.resolve("one.safetensors");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertTrue(refused(pipe).endsWith("is a named pipe, not a file"));
    assertTrue(
        refused(index("{\"weight_map\": {\"a\": \"one.safetensors\"}}"))
            .endsWith("one.safetensors: is a named pipe, not a file"));
  }

  @Test
  void refusesOtherFilesAndFolders() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "weights are elsewhere");
    assertTrue(refused(text).contains("not a weight file: expected safetensors"));
    assertTrue(refused(Files.createFile(folder.resolve("empty"))).contains("is empty (0 bytes)"));
    assertTrue(
        refused(folder)
            .contains("no weights in this folder; expected one of open_clip_model.safetensors"));
    assertThrows(UncheckedIOException.class, () -> WeightFiles.open(folder.resolve("gone")));
  }
}
