package search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.embed.CosineSimilarity;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.text.token.TinyVocabulary;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import search.ImageIndex.Match;

class ImageIndexTest {

  private static final int COUNT = 1200;

  @TempDir private Path model;
  @TempDir private Path images;
  @TempDir private Path folder;
  private final List<Path> files = new ArrayList<>();
  private Embedder embedder;

  @BeforeEach
  void write() throws IOException {
    new ClipFiles()
        .writeHuggingFace(model, "quick_gelu", TinyVocabulary.ids().get("<|endoftext|>"));
    embedder = Embedder.load(model);
    for (int i = 0; i < COUNT; i++) {
      files.add(image("%03d.png".formatted(i), i));
    }
  }

  @AfterEach
  void close() {
    embedder.close();
  }

  private Path image(String name, int seed) throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(seed);
    for (int i = 0; i < 64; i++) {
      image.setRGB(i % 8, i / 8, random.nextInt());
    }
    Path file = images.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private static String album(int i) {
    return i % 4 == 0 ? "summer" : "winter";
  }

  /** The true neighbors, among images whose number is a multiple of a step. */
  private List<String> exact(Path query, int k, int step) {
    float[] asked = embedder.embed(query);
    return files.stream()
        .filter(file -> files.indexOf(file) % step == 0)
        .sorted(Comparator.comparing(file -> -CosineSimilarity.dot(asked, embedder.embed(file))))
        .limit(k)
        .map(Path::toString)
        .toList();
  }

  private static double recall(List<String> expected, List<Match> found) {
    long hits = found.stream().map(Match::file).filter(expected::contains).count();
    return (double) hits / expected.size();
  }

  @Test
  void findsFiltersUpdatesAndRemoves() throws IOException {
    try (ImageIndex index = new ImageIndex(folder, embedder)) {
      for (int i = 0; i < COUNT; i++) {
        index.put(files.get(i), album(i));
      }
      index.refresh();
      Path query = files.get(5);
      List<Match> found = index.nearest(query, 10);
      assertEquals(query.toString(), found.getFirst().file());
      assertEquals(1, found.getFirst().cosine(), 1e-5);
      assertTrue(recall(exact(query, 10, 1), found) >= 0.9, found.toString());

      List<Match> summer = index.nearest(query, 10, "summer");
      assertEquals(10, summer.size());
      assertTrue(summer.stream().allMatch(m -> files.indexOf(Path.of(m.file())) % 4 == 0));
      assertTrue(recall(exact(query, 10, 4), summer) >= 0.9, summer.toString());

      Path changed = image("changed.png", 5);
      index.put(changed, "winter");
      image("changed.png", 1_000_000);
      index.put(changed, "winter");
      index.remove(query);
      index.refresh();
      assertFalse(
          index.nearest(query, 10).stream()
              .anyMatch(match -> match.file().equals(query.toString()) || match.cosine() > 0.9999));
      assertEquals(changed.toString(), index.nearest(changed, 1).getFirst().file());
      index.commit();
    }
    try (ImageIndex index = new ImageIndex(folder, embedder)) {
      assertEquals(1, index.nearest(files.get(6), 1).getFirst().cosine(), 1e-5);
    }
  }
}
