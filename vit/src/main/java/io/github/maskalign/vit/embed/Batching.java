package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.ArgumentException;
import java.time.Duration;

/**
 * How the requests of concurrent callers are batched.
 *
 * @param maxBatch maximum number of images or texts in a batch
 * @param maxDelay how long the first of a batch waits for others; with zero, a batch takes what
 *     arrived while the network was busy and never waits
 * @param listener is told of each batch
 * @since 0.1.0
 */
public record Batching(int maxBatch, Duration maxDelay, BatchListener listener) {

  private static final int DEFAULT_BATCH = 8;

  /**
   * Checks the values.
   *
   * @throws ArgumentException if the batch is empty, or the delay negative
   */
  public Batching {
    if (maxBatch < 1 || maxDelay.isNegative()) {
      throw new ArgumentException(
          "batching: maxBatch %d, maxDelay %s: maxBatch must be at least 1, the delay not negative"
              .formatted(maxBatch, maxDelay));
    }
  }

  /** Batches of up to 8 that never wait. */
  public static Batching defaults() {
    return of(DEFAULT_BATCH, Duration.ZERO);
  }

  /** Within these limits, without a listener. */
  public static Batching of(int maxBatch, Duration maxDelay) {
    return new Batching(maxBatch, maxDelay, BatchListener.NONE);
  }

  /** Within other limits. */
  public Batching withLimits(int newMax, Duration newDelay) {
    return new Batching(newMax, newDelay, listener);
  }

  /** With another listener. */
  public Batching withListener(BatchListener newListener) {
    return new Batching(maxBatch, maxDelay, newListener);
  }
}
