package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.pair.PairLogits;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Probabilities of two texts whose cosines with the image are 0.6 and 0.8. */
class ZeroShotClassifierTest {

  private static final float[] IMAGE = {0.6f, 0.8f};

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private ZeroShotClassifier classifier(boolean bias) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    return new ZeroShotClassifier(
        List.of("a", "b"),
        List.of(new float[] {1, 0}, new float[] {0, 1}),
        PairLogits.create(parameters.root(), bias));
  }

  @Test
  void clipComparesTexts() {
    ZeroShotClassifier classifier = classifier(false);
    double scale = 1 / 0.07;
    assertArrayEquals(
        new float[] {(float) (0.6 * scale), (float) (0.8 * scale)},
        classifier.logits(IMAGE),
        1e-3f);
    float[] probabilities = classifier.probabilities(IMAGE);
    assertEquals(1 / (1 + Math.exp(-0.2 * scale)), probabilities[1], 1e-4);
    assertEquals(1, probabilities[0] + probabilities[1], 1e-6);
  }

  @Test
  void siglipJudgesEachTextAlone() {
    ZeroShotClassifier classifier = classifier(true);
    assertArrayEquals(new float[] {-4, -2}, classifier.logits(IMAGE), 1e-3f);
    float[] probabilities = classifier.probabilities(IMAGE);
    assertEquals(1 / (1 + Math.exp(4)), probabilities[0], 1e-4);
    assertEquals(1 / (1 + Math.exp(2)), probabilities[1], 1e-4);
  }
}
