package io.github.maskalign.vectors.cases;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Results that are decided by comparing numbers, where those numbers have some slack: a decision is
 * open if it is closer than that, and otherwise it must be the expected one. Without slack nothing
 * is open.
 */
final class Decisions {

  private Decisions() {}

  /**
   * The best columns of each row, with the expected column wherever the choice is open.
   *
   * @param got column numbers, row-major
   * @param expected column numbers, row-major
   * @param top columns that are chosen of each row
   * @param scores expected scores, row-major
   * @param columns scores in each row
   * @param slack of each score
   */
  static long[] ranking(
      long[] got,
      double[] expected,
      int top,
      double[] scores,
      int columns,
      IntToDoubleFunction slack) {
    long[] settled = got.clone();
    for (int i = 0; i < Math.min(got.length, expected.length); i++) {
      int row = i / top * columns;
      int own = row + (int) got[i];
      int wanted = row + (int) expected[i];
      double apart = Math.abs(scores[own] - scores[wanted]);
      if (apart < slack.applyAsDouble(own) + slack.applyAsDouble(wanted)) {
        settled[i] = (long) expected[i];
      }
    }
    return settled;
  }

  /** How many of some margins have a sign that is open. */
  static long open(double[] margins, IntToDoubleFunction slack) {
    return IntStream.range(0, margins.length)
        .filter(i -> Math.abs(margins[i]) < slack.applyAsDouble(i))
        .count();
  }
}
