package io.github.maskalign.align.train;

import java.util.Arrays;

/** Training met a loss or gradient that is not a number; the weights were not changed by it. */
public final class NonFiniteException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Names the step, its samples and what was not finite. */
  public NonFiniteException(String what, double value, long step, int[] samples) {
    super(
        "step %d: %s is %s, so training stops before the weights are touched; samples %s. Lower the learning rate, clip gradients, or look for a damaged picture"
            .formatted(step, what, value, Arrays.toString(samples)));
  }

  /** The value, if it is finite. */
  static double require(String what, double value, long step, int[] samples) {
    if (!Double.isFinite(value)) {
      throw new NonFiniteException(what, value, step, samples);
    }
    return value;
  }
}
