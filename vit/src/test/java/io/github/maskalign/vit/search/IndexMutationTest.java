package io.github.maskalign.vit.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A mutated index is refused, or has the content of the original. */
class IndexMutationTest extends FuzzContract {

  private static final int COUNT = 5;
  private static final int WIDTH = 4;

  @TempDir Path folder;

  private byte[] original;

  @BeforeEach
  void write() throws IOException {
    Path file = folder.resolve("whole.index");
    original = Files.readAllBytes(VectorIndexTest.write(file, COUNT, WIDTH, 5));
  }

  @Override
  protected ByteMutator mutator() {
    return ByteMutator.of(original, "MAVECTOR", "\0\0\0\0", "\1\0\0\0", "\2\0\0\0");
  }

  @Override
  protected void read(byte[] file, String name) throws IOException {
    Path path = folder.resolve(name);
    Files.write(path, file);
    try (VectorIndex index = VectorIndex.open(path);
        VectorIndex whole = VectorIndex.open(folder.resolve("whole.index"))) {
      assertEquals(whole.size(), index.size());
      assertEquals(whole.width(), index.width());
      assertEquals(whole.model(), index.model());
      for (int row = 0; row < index.size(); row++) {
        assertEquals(whole.name(row), index.name(row));
        assertArrayEquals(whole.vector(row), index.vector(row));
      }
      assertEquals(
          whole.search(new float[] {1, 2, 3, 4}, 3), index.search(new float[] {1, 2, 3, 4}, 3));
    } finally {
      Files.delete(path);
    }
  }
}
