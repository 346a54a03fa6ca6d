package io.github.maskalign.vit.hub.access;

import io.github.maskalign.tensor.error.ArgumentException;
import java.time.Duration;

/**
 * How long to wait for the Hub.
 *
 * @param answer for a connection and the head of an answer
 * @param silence between two pieces of a body
 * @since 0.1.0
 */
public record Timeouts(Duration answer, Duration silence) {

  private static final Duration USUAL = Duration.ofSeconds(10);

  /** Ten seconds each. */
  public static final Timeouts DEFAULT = new Timeouts(USUAL, USUAL);

  /**
   * Checks the limits.
   *
   * @throws ArgumentException if one is not positive
   */
  public Timeouts {
    if (!answer.isPositive() || !silence.isPositive()) {
      throw new ArgumentException(
          "timeouts of the Hub: %s and %s; both must be positive".formatted(answer, silence));
    }
  }
}
