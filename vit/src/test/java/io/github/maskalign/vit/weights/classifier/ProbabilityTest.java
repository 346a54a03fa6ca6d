package io.github.maskalign.vit.weights.classifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class ProbabilityTest {

  private static final float TOLERANCE = 1e-7f;

  @Test
  void softmaxDividesOneAmongTheClasses() {
    assertArrayEquals(
        new float[] {0.25f, 0.75f},
        Probability.SOFTMAX.of(new float[] {0, (float) Math.log(3)}),
        TOLERANCE);
    assertArrayEquals(
        new float[] {0.5f, 0.5f, 0}, Probability.SOFTMAX.of(new float[] {900, 900, -900}));
  }

  @Test
  void sigmoidTreatsEachClassByItself() {
    assertArrayEquals(
        new float[] {0.5f, 0.75f, 0, 1},
        Probability.SIGMOID.of(new float[] {0, (float) Math.log(3), -900, 900}),
        TOLERANCE);
  }
}
