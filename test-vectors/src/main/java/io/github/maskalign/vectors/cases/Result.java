package io.github.maskalign.vectors.cases;

import java.util.BitSet;

/**
 * A result of a case.
 *
 * @param values row-major
 * @param parts number of equal parts along the first axis that are results of their own, such as
 *     the levels of a network
 * @param excluded elements that are not compared
 */
public record Result(double[] values, int parts, BitSet excluded) {

  /** A whole result, all of which is compared. */
  Result(double[] values) {
    this(values, 1, new BitSet());
  }
}
