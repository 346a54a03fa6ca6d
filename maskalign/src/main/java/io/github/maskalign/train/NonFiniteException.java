package io.github.maskalign.train;

import java.util.Arrays;

/**
 * Training met a loss or gradient that is not a number; the weights were not changed by it.
 *
 * @since 0.1.0
 */
public final class NonFiniteException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Names the step, its samples, what was not finite, and the first tensor where that shows. */
  NonFiniteException(String what, double value, long step, int[] samples, String first) {
    super(
        ("step %d: %s is %s, so training stops before the weights are touched; first seen in %s;"
                + " samples %s. Lower the learning rate, clip gradients, or look for a damaged"
                + " picture")
            .formatted(step, what, value, first, Arrays.toString(samples)));
  }
}
