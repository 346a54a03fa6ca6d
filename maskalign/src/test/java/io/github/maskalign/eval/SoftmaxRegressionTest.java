package io.github.maskalign.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SoftmaxRegressionTest {

  private static final int WIDTH = 12;
  private static final int CLASSES = 4;
  private static final SoftmaxRegression PROBE = new SoftmaxRegression(10, 32, 0.03, 1);

  private static Backends.Choice backend;

  @BeforeAll
  static void open() {
    backend = Backends.open("auto", BackendOptions.defaults().withThreads(1));
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  /** Noise around a center for each class, of a scale and offset that differ by feature. */
  private static Features clouds(int count, double distance, String stream) {
    float[] values = new float[count * WIDTH];
    int[] labels = new int[count];
    Philox noise = Philox.of(5).stream(stream);
    for (int i = 0; i < values.length; i++) {
      int label = i / WIDTH % CLASSES;
      labels[i / WIDTH] = label;
      int feature = i % WIDTH;
      double center = feature % CLASSES == label ? distance : 0;
      values[i] = (float) ((noise.normal(i) + center) * Math.pow(10, feature - 6) + feature);
    }
    return new Features(values, WIDTH, labels);
  }

  private static double accuracy(SoftmaxRegression probe, Features train, Features test) {
    return probe.accuracy(backend.backend(), train, test);
  }

  @Test
  void findsClassesThatAPlaneSeparates() {
    assertTrue(accuracy(PROBE, clouds(200, 4, "train"), clouds(100, 4, "test")) >= 0.98);
  }

  @Test
  void randomFeaturesTellNothing() {
    // 400 guesses stray from a quarter by 0.022.
    assertEquals(0.25, accuracy(PROBE, clouds(200, 0, "train"), clouds(400, 0, "test")), 0.09);
  }

  @Test
  void aConstantFeatureDoesNoHarm() {
    Features train = withConstant(clouds(200, 4, "train"));
    assertTrue(accuracy(PROBE, train, withConstant(clouds(100, 4, "test"))) >= 0.98);
  }

  private static Features withConstant(Features features) {
    float[] values = new float[features.count() * (WIDTH + 1)];
    Arrays.fill(values, 7);
    for (int i = 0; i < features.count(); i++) {
      System.arraycopy(features.values(), i * WIDTH, values, i * (WIDTH + 1), WIDTH);
    }
    return new Features(values, WIDTH + 1, features.labels());
  }

  @Test
  void theSeedDecidesEverything() {
    Features train = clouds(100, 0.3, "train");
    Features test = clouds(200, 0.3, "test");
    int[] found = PROBE.classify(backend.backend(), train, test);
    assertArrayEquals(found, PROBE.classify(backend.backend(), train, test));
    SoftmaxRegression other = new SoftmaxRegression(10, 32, 0.03, 2);
    assertFalse(Arrays.equals(found, other.classify(backend.backend(), train, test)));
  }

  @Test
  void doesNotLookAtTheLabelsOfTheTest() {
    Features train = clouds(100, 1, "train");
    Features test = clouds(50, 1, "test");
    Features blank = new Features(test.values(), WIDTH, new int[test.count()]);
    assertArrayEquals(
        PROBE.classify(backend.backend(), train, test),
        PROBE.classify(backend.backend(), train, blank));
  }

  @Test
  void freesItsMemory() {
    long before = backend.backend().memory().live();
    accuracy(PROBE, clouds(40, 1, "train"), clouds(20, 1, "test"));
    assertEquals(before, backend.backend().memory().live());
  }

  @Test
  void refusesWhatDoesNotFit() {
    Features train = clouds(8, 1, "train");
    Features narrow = new Features(new float[3], 3, new int[1]);
    Features none = new Features(new float[0], WIDTH, new int[0]);
    assertThrows(ShapeException.class, () -> accuracy(PROBE, train, narrow));
    assertThrows(ShapeException.class, () -> accuracy(PROBE, none, train));
    assertThrows(ShapeException.class, () -> accuracy(PROBE, train, none));
    assertThrows(ArgumentException.class, () -> new SoftmaxRegression(0, 1, 1, 1));
    assertThrows(ArgumentException.class, () -> new SoftmaxRegression(1, 0, 1, 1));
    assertThrows(ArgumentException.class, () -> new SoftmaxRegression(1, 1, 0, 1));
  }
}
