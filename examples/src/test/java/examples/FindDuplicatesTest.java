package examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.search.VectorIndex;
import io.github.maskalign.vit.search.VectorIndexWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindDuplicatesTest {

  private static final int WIDTH = 16;

  @TempDir private Path folder;

  private static float[] vector(int seed) {
    float[] vector = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      vector[i] = Philox.of(seed).uniform(i) - 0.5f;
    }
    return vector;
  }

  /** More rows than a block has, with copies in the same block, in another, and in a row. */
  @Test
  void groupsAcrossBlocks() {
    Path file = folder.resolve("vectors.index");
    try (VectorIndexWriter writer = VectorIndexWriter.create(file, WIDTH, "0".repeat(64))) {
      for (int row = 0; row < 2100; row++) {
        int copied =
            switch (row) {
              case 30, 1500, 2099 -> 7;
              case 1400 -> 1300;
              default -> row;
            };
        writer.add("" + row, vector(copied));
      }
      writer.finish();
    }
    try (VectorIndex index = VectorIndex.open(file)) {
      assertEquals(
          List.of(List.of(7, 30, 1500, 2099), List.of(1300, 1400)),
          FindDuplicates.groups(index, 0.9999f, new PrintWriter(Writer.nullWriter())));
    }
  }

  @Test
  void findsACopyInAnotherFormat() throws IOException {
    Path pictures = folder.resolve("pictures");
    DemoPictures.write(pictures, 40);
    Path original;
    try (Stream<Path> bags = Files.list(pictures.resolve("bag"))) {
      original = bags.findFirst().orElseThrow();
    }
    Path copy = pictures.resolve("coat/copy.bmp");
    ImageIO.write(ImageIO.read(original.toFile()), "bmp", copy.toFile());

    Path index = folder.resolve("pictures.index");
    assertEquals(0, Ran.command(new IndexFolder(), pictures, "--out", index).status());
    Ran ran = Ran.command(new FindDuplicates(), index, "--threshold", 0.999);
    assertEquals(0, ran.status(), () -> "" + ran.failure());
    int first = ran.out().indexOf("1.0000  " + original);
    assertTrue(first >= 0, () -> ran.out().toString());
    assertTrue(ran.out().get(first + 1).endsWith(copy.toString()), () -> ran.out().toString());
  }

  @Test
  void refusesACosineThatIsNone() {
    Ran ran = Ran.command(new FindDuplicates(), folder, "--threshold", 98);
    assertInstanceOf(ArgumentException.class, ran.failure());
  }
}
