package examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.search.VectorIndex;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchFolderTest {

  private static final int COUNT = 120;

  @TempDir private static Path folder;
  private static Path pictures;
  private static Path index;
  private static Ran indexing;

  @BeforeAll
  static void index() throws IOException {
    pictures = folder.resolve("pictures");
    index = folder.resolve("pictures.index");
    assertEquals(0, Ran.command(new DemoPictures(), pictures, "--count", COUNT).status());
    Files.write(pictures.resolve("bag/broken.png"), new byte[] {1, 2, 3});
    indexing = Ran.command(new IndexFolder(), pictures, "--out", index);
  }

  private static Path first(String classFolder) throws IOException {
    try (Stream<Path> files = Files.list(pictures.resolve(classFolder))) {
      return files.sorted().findFirst().orElseThrow();
    }
  }

  @Test
  void indexesWhatIsWholeAndTellsOfTheRest() {
    assertEquals(1, indexing.status(), indexing::err);
    assertTrue(indexing.err().contains("broken.png"), indexing.err());
    assertEquals(index + ": 120 images", indexing.out().getLast());
    try (VectorIndex opened = VectorIndex.open(index)) {
      assertEquals(COUNT, opened.size());
    }
  }

  @Test
  void findsThePictureItselfAndThenItsLikes() throws IOException {
    Path trousers = first("trouser");
    Path bag = first("bag");
    Ran ran = Ran.command(new SearchFolder(), index, trousers, bag, "--top", 4);
    assertEquals(0, ran.status(), () -> ran.err() + ran.failure());
    List<String> out = ran.out();
    assertEquals(10, out.size());
    assertEquals("  1.0000  " + trousers, out.get(1));
    assertEquals("  1.0000  " + bag, out.get(6));
    // The embedded network tells nine in ten clothes right, and trousers best of all.
    assertTrue(
        out.subList(1, 5).stream().allMatch(line -> line.contains("trouser")), out::toString);
  }

  @Test
  void refusesAnotherModelsIndex() throws IOException {
    Path other = folder.resolve("other.safetensors");
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViT.create(parameters.root(), TrainTinyTeacher.CONFIG);
      Weights.save(other, parameters, Map.of());
    }
    Ran ran = Ran.command(new SearchFolder(), index, first("bag"), "--weights", other);
    assertInstanceOf(FormatException.class, ran.failure());
    assertTrue(ran.failure().getMessage().contains("another model"), ran.failure().getMessage());
    Ran merged = Ran.command(new SearchFolder(), index, first("bag"), "--merge", 4);
    assertInstanceOf(FormatException.class, merged.failure());
  }

  @Test
  void tellsWhatIsNoIndexAndNoPicture() throws IOException {
    Ran picture = Ran.command(new SearchFolder(), first("bag"), first("bag"));
    assertInstanceOf(FormatException.class, picture.failure());
    Ran broken = Ran.command(new SearchFolder(), index, pictures.resolve("bag/broken.png"));
    assertInstanceOf(FormatException.class, broken.failure());
    assertTrue(broken.failure().getMessage().contains("broken.png"));
    assertInstanceOf(
        ArgumentException.class, Ran.command(new DemoPictures(), folder, "--count", 0).failure());
  }
}
