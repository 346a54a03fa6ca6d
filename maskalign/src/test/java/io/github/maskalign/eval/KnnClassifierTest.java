package io.github.maskalign.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KnnClassifierTest {

  private static Backends.Choice reference;

  @BeforeAll
  static void open() {
    reference = Backends.open("reference", BackendOptions.defaults());
  }

  @AfterAll
  static void close() {
    reference.close();
  }

  private static Features features(int width, int[] labels, float... values) {
    return new Features(values, width, labels);
  }

  private static int classOf(KnnClassifier rule, Features gallery, float... query) {
    return rule.classify(
            reference.backend(), gallery, features(query.length, new int[] {0}, query))[0];
  }

  @Test
  void similarityIsTheAngleNotTheLength() {
    Features gallery = features(2, new int[] {3, 1}, 0.01f, 0, 50, 50);
    KnnClassifier nearest = new KnnClassifier(1, 1);
    assertEquals(3, classOf(nearest, gallery, 100, 1));
    assertEquals(1, classOf(nearest, gallery, 1, 100));
  }

  @Test
  void closeNeighborsOutvoteManyWhenTheTemperatureIsLow() {
    Features gallery = features(2, new int[] {0, 1, 1}, 1, 0, 0.8f, 0.6f, 0.8f, 0.6f);
    // exp(0.2 / T) against 2: the border is T = 0.2885.
    assertEquals(0, classOf(new KnnClassifier(3, 0.28), gallery, 1, 0));
    assertEquals(1, classOf(new KnnClassifier(3, 0.30), gallery, 1, 0));
    assertEquals(0, classOf(new KnnClassifier(1, 0.30), gallery, 1, 0));
  }

  @Test
  void temperaturesHoweverLowDoNotOverflow() {
    Features gallery = features(2, new int[] {2, 1}, 1, 0, 0.9f, 0.1f);
    assertEquals(2, classOf(new KnnClassifier(2, 1e-6), gallery, 1, 0));
  }

  @Test
  void tiesGoToTheEarlierSampleAndTheSmallerClass() {
    Features same = features(1, new int[] {2, 1, 1}, 1, 1, 1);
    assertEquals(2, classOf(new KnnClassifier(1, 0.07), same, 1));
    assertEquals(1, classOf(new KnnClassifier(2, 0.07), same, 1));
    // A query without direction is equally far from all.
    assertEquals(2, classOf(new KnnClassifier(1, 0.07), same, 0));
  }

  @Test
  void agreesWithTheDefinition() {
    Philox draws = Philox.of(3);
    int width = 7;
    float[] gallery = new float[300 * width];
    draws.stream("gallery").fillNormal(gallery, 0);
    float[] queries = new float[40 * width];
    draws.stream("queries").fillNormal(queries, 0);
    int[] labels = IntStream.range(0, 300).map(i -> draws.below(i, 5)).toArray();

    int[] found =
        KnnClassifier.standard()
            .classify(
                reference.backend(),
                features(width, labels, gallery),
                features(width, new int[40], queries));

    int[] expected =
        IntStream.range(0, 40)
            .map(q -> byDefinition(gallery, labels, queries, q * width, width))
            .toArray();
    assertArrayEquals(expected, found);
  }

  private static int byDefinition(
      float[] gallery, int[] labels, float[] queries, int query, int width) {
    Map<Integer, Double> similarity = new HashMap<>();
    for (int n = 0; n < labels.length; n++) {
      double dot = 0;
      double a = 0;
      double b = 0;
      for (int i = 0; i < width; i++) {
        dot += gallery[n * width + i] * queries[query + i];
        a += gallery[n * width + i] * gallery[n * width + i];
        b += queries[query + i] * queries[query + i];
      }
      similarity.put(n, dot / Math.sqrt(a * b));
    }
    Map<Integer, Double> votes = new TreeMap<>();
    similarity.entrySet().stream()
        .sorted(Map.Entry.<Integer, Double>comparingByValue().reversed())
        .limit(20)
        .forEach(e -> votes.merge(labels[e.getKey()], Math.exp(e.getValue() / 0.07), Double::sum));
    return votes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  @Test
  void classifiesRealPictures() {
    MemoryDataset all = FashionMnist.testSplit();
    Features gallery = Features.pixels(all.subset(0, 500), all.stats());
    Features queries = Features.pixels(all.subset(500, 600), all.stats());
    assertEquals(784, gallery.width());

    double accuracy = KnnClassifier.standard().accuracy(reference.backend(), gallery, queries);

    // 0.65 in NumPy; a neighbor that rounding exchanges may cost one picture.
    assertEquals(0.65, accuracy, 0.011);
    int[] found = KnnClassifier.standard().classify(reference.backend(), gallery, queries);
    long right = IntStream.range(0, 100).filter(i -> found[i] == queries.labels()[i]).count();
    assertEquals(right / 100.0, accuracy);
    assertEquals(1, new KnnClassifier(1, 1).accuracy(reference.backend(), queries, queries));
  }

  @Test
  void refusesWhatDoesNotFit() {
    Features two = features(2, new int[] {0}, 1, 2);
    Features three = features(3, new int[] {0}, 1, 2, 3);
    Features none = features(2, new int[0]);
    KnnClassifier rule = KnnClassifier.standard();
    assertThrows(ShapeException.class, () -> rule.classify(reference.backend(), two, three));
    assertThrows(ShapeException.class, () -> rule.classify(reference.backend(), none, two));
    assertThrows(ShapeException.class, () -> rule.classify(reference.backend(), two, none));
    assertThrows(ShapeException.class, () -> features(2, new int[] {0}, 1, 2, 3));
    assertThrows(ArgumentException.class, () -> features(1, new int[] {0}, Float.NaN));
    assertThrows(ArgumentException.class, () -> features(1, new int[] {-1}, 1));
    assertThrows(ArgumentException.class, () -> new KnnClassifier(0, 1));
    assertThrows(ArgumentException.class, () -> new KnnClassifier(1, 0));
  }
}
