package io.github.maskalign.vit.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.search.VectorIndex.Match;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorIndexTest {

  static final String MODEL = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;

  static float[] vector(long seed, int row, int width) {
    Philox random = Philox.of(seed).at(row);
    float[] vector = new float[width];
    for (int i = 0; i < width; i++) {
      vector[i] = (float) (random.uniform(i) - 0.5);
    }
    return vector;
  }

  static Path write(Path target, int count, int width, long seed) {
    try (VectorIndexWriter writer = VectorIndexWriter.create(target, width, MODEL)) {
      for (int row = 0; row < count; row++) {
        writer.add("näme " + row, vector(seed, row, width));
      }
      writer.finish();
    }
    return target;
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  @Property(tries = 100)
  void findsWhatSortingAllCosinesFinds(
      @ForAll @IntRange(max = 60) int count,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 70) int max,
      @ForAll long seed)
      throws IOException {
    Path file = Files.createTempFile("vectors", ".index");
    float[] query = vector(seed, -1, width);
    try (VectorIndex index = VectorIndex.open(write(file, count, width, seed), MODEL)) {
      List<Match> found = index.search(query, max);

      double[] cosines =
          IntStream.range(0, count)
              .mapToDouble(row -> cosine(query, vector(seed, row, width)))
              .toArray();
      double[] best =
          IntStream.range(0, count)
              .mapToObj(row -> cosines[row])
              .sorted(Comparator.reverseOrder())
              .limit(max)
              .mapToDouble(cosine -> cosine)
              .toArray();
      assertEquals(best.length, found.size());
      for (int i = 0; i < best.length; i++) {
        Match match = found.get(i);
        assertEquals(best[i], match.score(), 1e-5);
        assertEquals(cosines[match.row()], match.score(), 1e-5);
        assertEquals("näme " + match.row(), match.name());
      }
      assertEquals(found.size(), found.stream().mapToInt(Match::row).distinct().count());
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void givesBackWhatWasAdded() {
    try (VectorIndex index = VectorIndex.open(write(folder.resolve("a"), 3, 5, 7))) {
      assertEquals(3, index.size());
      assertEquals(5, index.width());
      assertEquals(MODEL, index.model());
      assertEquals("näme 2", index.name(2));
      float[] unit = UnitVectors.of(vector(7, 1, 5), 5);
      assertArrayEquals(unit, index.vector(1));
      assertEquals(1, cosine(unit, vector(7, 1, 5)), 1e-6);
      assertThrows(IndexOutOfBoundsException.class, () -> index.name(3));
      assertThrows(IndexOutOfBoundsException.class, () -> index.vector(-1));
    }
  }

  @Test
  void ofEqualVectorsTheFirstRowsAreFound() {
    Path file = folder.resolve("equal");
    try (VectorIndexWriter writer = VectorIndexWriter.create(file, 2, MODEL)) {
      for (int row = 0; row < 9; row++) {
        writer.add("" + row, new float[] {row % 2, 3});
      }
      writer.finish();
    }
    try (VectorIndex index = VectorIndex.open(file)) {
      List<Match> found = index.search(new float[] {0, 2}, 6);
      assertEquals(List.of("0", "2", "4", "6", "8", "1"), found.stream().map(Match::name).toList());
      assertEquals(1, found.getFirst().score());
    }
  }

  @Test
  void sameBitsOnAnyNumberOfThreads() {
    Path file = write(folder.resolve("many"), 9000, 11, 3);
    float[] query = vector(3, 10_000, 11);
    try (VectorIndex index = VectorIndex.open(file);
        ForkJoinPool one = new ForkJoinPool(1);
        ForkJoinPool four = new ForkJoinPool(4)) {
      List<Match> found = one.submit(() -> index.search(query, 100)).join();
      assertEquals(found, four.submit(() -> index.search(query, 100)).join());
      assertEquals(found, index.search(query, 9000).subList(0, 100));
      assertTrue(found.getFirst().score() > 0.8, () -> found.getFirst().toString());
    }
  }

  @Test
  void anEmptyIndexFindsNothing() {
    try (VectorIndex index = VectorIndex.open(write(folder.resolve("none"), 0, 4, 1))) {
      assertEquals(List.of(), index.search(new float[4], 3));
    }
  }

  @Test
  void refusesWhatItCannotCompare() {
    Path file = write(folder.resolve("index"), 2, 4, 1);
    String other = "f".repeat(64);
    FormatException foreign =
        assertThrows(FormatException.class, () -> VectorIndex.open(file, other));
    assertTrue(foreign.getMessage().contains("another model"), foreign.getMessage());
    try (VectorIndex index = VectorIndex.open(file)) {
      assertThrows(ShapeException.class, () -> index.search(new float[5], 1));
      assertThrows(
          ArgumentException.class, () -> index.search(new float[] {1, 2, Float.NaN, 0}, 1));
      assertThrows(ArgumentException.class, () -> index.search(new float[4], 0));
    }
    assertThrows(
        UncheckedIOException.class, () -> VectorIndex.open(folder.resolve("there is none")));
    assertThrows(FormatException.class, () -> VectorIndex.open(folder));
  }

  @Test
  void closingWaitsForSearchesAndThenRefuses() throws InterruptedException {
    VectorIndex index = VectorIndex.open(write(folder.resolve("closing"), 5000, 64, 1));
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger found = new AtomicInteger();
    List<Thread> searchers =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    Thread.startVirtualThread(
                        () -> {
                          try {
                            while (true) {
                              found.addAndGet(index.search(vector(1, i, 64), 2).size());
                            }
                          } catch (ClosedException e) {
                            refused.incrementAndGet();
                          }
                        }))
            .toList();
    while (found.get() < 20) {
      Thread.onSpinWait();
    }
    index.close();
    index.close();
    for (Thread searcher : searchers) {
      searcher.join();
    }
    assertEquals(8, refused.get());
    assertThrows(ClosedException.class, () -> index.name(0));
  }

  @Test
  void anUnfinishedIndexLeavesWhatWasThere() throws IOException {
    Path file = write(folder.resolve("kept"), 2, 4, 1);
    try (VectorIndexWriter writer = VectorIndexWriter.create(file, 3, MODEL)) {
      writer.add("a", new float[3]);
      assertThrows(ShapeException.class, () -> writer.add("b", new float[4]));
      assertThrows(
          ArgumentException.class,
          () -> writer.add("c", new float[] {Float.POSITIVE_INFINITY, 0, 0}));
      assertThrows(FormatException.class, () -> writer.add("d".repeat(1 << 17), new float[3]));
      assertEquals(1, writer.size());
    }
    try (VectorIndex index = VectorIndex.open(file);
        Stream<Path> files = Files.list(folder)) {
      assertEquals(2, index.size());
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void anOpenIndexOutlivesItsSuccessor() {
    Path file = write(folder.resolve("exchanged"), 2, 4, 1);
    try (VectorIndex old = VectorIndex.open(file)) {
      write(file, 9, 4, 2);
      assertEquals(2, old.search(vector(1, 0, 4), 5).size());
      try (VectorIndex present = VectorIndex.open(file)) {
        assertEquals(9, present.size());
      }
    }
  }

  @Test
  void refusesTargetsAndDigestsThatAreNone() {
    assertThrows(ArgumentException.class, () -> VectorIndexWriter.create(folder, 3, MODEL));
    assertThrows(
        ArgumentException.class, () -> VectorIndexWriter.create(folder.resolve("x"), 0, MODEL));
    assertThrows(
        ArgumentException.class,
        () -> VectorIndexWriter.create(folder.resolve("x"), 3, "my model"));
    assertThrows(
        UncheckedIOException.class,
        () -> VectorIndexWriter.create(folder.resolve("no/such/x"), 3, MODEL));
  }
}
