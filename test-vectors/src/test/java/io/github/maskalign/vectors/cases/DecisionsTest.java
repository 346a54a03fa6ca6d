package io.github.maskalign.vectors.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DecisionsTest {

  private static final double[] SCORES = {5, 1, 1.25, 3, 0, 7, 2, 2.5};
  private static final double[] EXPECTED = {0, 3, 2, 1, 3, 2};

  @Test
  void columnsMayChangePlacesIfTheirScoresAreCloserThanTheSlack() {
    assertArrayEquals(new long[] {0, 3, 2, 1, 3, 2}, ranking(0.3, 0, 3, 1, 1, 2, 3));
  }

  @Test
  void otherColumnsMayNot() {
    assertArrayEquals(new long[] {3, 0, 2, 1, 0, 2}, ranking(0.3, 3, 0, 2, 1, 0, 2));
  }

  @Test
  void scoresAtTheSlackAreApart() {
    assertArrayEquals(new long[] {0, 3, 1, 1, 2, 3}, ranking(0.125, 0, 3, 1, 1, 2, 3));
  }

  @Test
  void withoutSlackNothingIsOpen() {
    assertArrayEquals(new long[] {0, 3, 1, 1, 2, 3}, ranking(0, 0, 3, 1, 1, 2, 3));
    assertEquals(0, Decisions.open(new double[] {0, 1}, _ -> 0));
  }

  @Test
  void marginsWithinTheirOwnSlackAreOpen() {
    double[] margins = {0.5, -0.5, 3, -0.1, Double.NaN};
    double[] slack = {0.6, 0.4, 2, 0.2, 9};
    assertEquals(2, Decisions.open(margins, i -> slack[i]));
  }

  /** Three of the four columns of two rows. */
  private static long[] ranking(double slack, long... got) {
    return Decisions.ranking(got, EXPECTED, 3, SCORES, 4, _ -> slack);
  }
}
