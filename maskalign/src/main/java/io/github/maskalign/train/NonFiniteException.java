package io.github.maskalign.train;

import java.util.Arrays;

/**
 * A loss or gradient was not finite, and the weights were not updated with it; or an update made a
 * weight, moment or statistic that is not finite, which is not saved.
 *
 * @since 0.1.0
 */
public final class NonFiniteException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the message: step, samples, the value that was not finite, and the first tensor with
   * such a value.
   */
  NonFiniteException(String what, double value, long step, int[] samples, String first) {
    super(
        ("step %d: %s is %s, so training stops before the weights are updated; first found in %s;"
                + " samples %s. Lower the learning rate, clip gradients, or check for a damaged"
                + " image")
            .formatted(step, what, value, first, Arrays.toString(samples)));
  }

  /**
   * Creates the message about a tensor after a step.
   *
   * @param found the tensor and its value
   */
  NonFiniteException(String found, long step) {
    super(
        ("step %d: %s after the update; it is not saved, and earlier checkpoints remain. Lower the"
                + " learning rate or clip gradients")
            .formatted(step, found));
  }
}
