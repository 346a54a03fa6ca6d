package io.github.maskalign.autograd.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.autograd.GradientFixture;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContrastiveLossTest {

  private static final double[] LOGITS = {2, -1, 0.5, 0, 3, 1, -2, 0.25, 1.5};
  private static final int PAIRS = 3;

  private final GradientFixture given = new GradientFixture();

  @AfterEach
  void close() {
    given.close();
  }

  private Tensor logits() {
    return given.ops().of(LOGITS, PAIRS, PAIRS);
  }

  @Test
  void softmaxIsTheMeanOfBothDirections() {
    double sum = 0;
    for (int i = 0; i < PAIRS; i++) {
      double texts = 0;
      double images = 0;
      for (int j = 0; j < PAIRS; j++) {
        texts += Math.exp(LOGITS[i * PAIRS + j]);
        images += Math.exp(LOGITS[j * PAIRS + i]);
      }
      double own = LOGITS[i * PAIRS + i];
      sum += Math.log(texts) - own + Math.log(images) - own;
    }
    double loss = ContrastiveLoss.softmax(given.ops(), logits()).toDoubles()[0];
    assertEquals(sum / 2 / PAIRS, loss, 1e-12);
  }

  @Test
  void sigmoidIsTheSumOfAllCombinationsByTheNumberOfPairs() {
    double sum = 0;
    for (int i = 0; i < LOGITS.length; i++) {
      double sign = i % (PAIRS + 1) == 0 ? 1 : -1;
      sum += Math.log1p(Math.exp(-sign * LOGITS[i]));
    }
    double loss = ContrastiveLoss.sigmoid(given.ops(), logits()).toDoubles()[0];
    assertEquals(sum / PAIRS, loss, 1e-12);
  }

  @Test
  void sigmoidOfLargeLogitsIsFinite() {
    Tensor wrong = given.ops().of(new double[] {-900, 900, 900, -900}, 2, 2);
    assertEquals(1800, ContrastiveLoss.sigmoid(given.ops(), wrong).toDoubles()[0], 1e-9);
    Tensor right = given.ops().of(new double[] {900, -900, -900, 900}, 2, 2);
    assertEquals(0, ContrastiveLoss.sigmoid(given.ops(), right).toDoubles()[0], 1e-9);
  }

  @Test
  void derivatives() {
    given.check((ops, xs) -> ContrastiveLoss.softmax(ops, xs.getFirst()), logits());
    given.check((ops, xs) -> ContrastiveLoss.sigmoid(ops, xs.getFirst()), logits());
  }

  @Test
  void requiresAsManyImagesAsTexts() {
    Tensor logits = given.normal(2, 3);
    assertThrows(ShapeException.class, () -> ContrastiveLoss.softmax(given.ops(), logits));
    assertThrows(ShapeException.class, () -> ContrastiveLoss.sigmoid(given.ops(), logits));
    Tensor one = given.normal(4);
    assertThrows(ShapeException.class, () -> ContrastiveLoss.sigmoid(given.ops(), one));
  }
}
