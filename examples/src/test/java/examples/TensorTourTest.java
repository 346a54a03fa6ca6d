package examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import org.junit.jupiter.api.Test;

class TensorTourTest {

  @Test
  void gradientIsThatOfTheFormula() {
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "test")) {
      // Residuals -1, 0.5, 0: gradient 2/3 X^T r.
      assertArrayEquals(new float[] {1f / 3, 0}, TensorTour.gradient(scope), 1e-6f);
    }
  }

  @Test
  void twoLayersLearn() {
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "test")) {
      double accuracy = TensorTour.trainTwoLayers(scope);
      assertTrue(accuracy > 75, "accuracy " + accuracy);
    }
  }
}
