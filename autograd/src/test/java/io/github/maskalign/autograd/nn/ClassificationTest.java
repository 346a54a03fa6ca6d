package io.github.maskalign.autograd.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import org.junit.jupiter.api.Test;

class ClassificationTest {

  private static final float[] LOGITS = {0.1f, 0.7f, 0.2f, 0.5f, 0.5f, 0.5f};

  @Test
  void smoothedTargetsSumToOne() {
    try (Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
        Scope scope = Scope.root(backend, "test")) {
      int[] labels = {1, 3};
      Tensor targets = Classification.targets(scope.ops(), DType.F32, labels, 4, 0.2);
      assertArrayEquals(
          new float[] {0.05f, 0.85f, 0.05f, 0.05f, 0.05f, 0.05f, 0.05f, 0.85f},
          targets.toFloats(),
          1e-7f);
      assertThrows(
          ArgumentException.class,
          () -> Classification.targets(scope.ops(), DType.F32, labels, 3, 0.2));
      assertThrows(ArgumentException.class, () -> Classification.targets(labels, 4, 1.5));
    }
  }

  @Test
  void accuracyCountsLabelsAmongTheLargest() {
    assertEquals(50, Classification.accuracy(LOGITS, new int[] {1, 1}, 3, 1));
    assertEquals(100, Classification.accuracy(LOGITS, new int[] {2, 1}, 3, 2));
    assertEquals(50, Classification.accuracy(LOGITS, new int[] {0, 1}, 3, 2));
  }

  @Test
  void equalLogitsGoToTheLowerClass() {
    float[] equal = {0.5f, 0.5f, 0.5f};
    assertEquals(100, Classification.accuracy(equal, new int[] {0}, 3, 1));
    assertEquals(0, Classification.accuracy(equal, new int[] {1}, 3, 1));
  }

  @Test
  void notANumberIsNeverRight() {
    float[] broken = {Float.NaN, Float.NaN, Float.NaN};
    assertEquals(0, Classification.accuracy(broken, new int[] {0}, 3, 1));
  }
}
