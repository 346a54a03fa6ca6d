package io.github.maskalign.vit.embed;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Receives an event for each batch that a network has computed, for metrics. It is called on the
 * network's thread before the callers receive their results, so it must return at once; what it
 * throws is logged and has no other effect.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface BatchListener {

  /** Ignores all events. */
  BatchListener NONE = _ -> {};

  /**
   * A batch.
   *
   * @param size number of images or texts
   * @param queued requests that were waiting when it ended
   * @param waited how long the first of the batch waited, from its submission to the start
   * @param computed how long the network took
   * @param failure why it failed; null if it did not
   */
  record Batch(
      int size, int queued, Duration waited, Duration computed, @Nullable Throwable failure) {}

  /** A batch was computed, or failed. */
  void batch(Batch batch);
}
