package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Backends;
import java.time.Duration;

/**
 * How a {@link Clip} works. Start from {@link #defaults} and change what differs.
 *
 * @param truncation whether a text of too many tokens loses its last ones; else it is refused
 * @param maxBatch how many pictures, or texts, of concurrent callers are computed together
 * @param maxDelay how long the first of them waits for others; see {@link EmbedderOptions}
 * @param backend {@code auto}, {@code cpu}, {@code cuda} or {@code reference}
 * @param threads that compute
 * @since 0.1.0
 */
public record ClipOptions(
    boolean truncation, int maxBatch, Duration maxDelay, String backend, int threads) {

  /** Checks the numbers. */
  public ClipOptions {
    if (maxBatch < 1 || maxDelay.isNegative() || threads < 1) {
      throw new IllegalArgumentException(
          "clip: %d at once, wait %s, %d threads: the wait must not be negative, the others 1 or"
                  .formatted(maxBatch, maxDelay, threads)
              + " more");
    }
  }

  /** Long texts are refused, up to 8 at once, all cores. */
  public static ClipOptions defaults() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new ClipOptions(false, 8, Duration.ZERO, Backends.AUTO, cores);
  }

  /** Cutting long texts or refusing them. */
  public ClipOptions withTruncation(boolean cut) {
    return new ClipOptions(cut, maxBatch, maxDelay, backend, threads);
  }

  /** With other bounds of what is computed together. */
  public ClipOptions withBatching(int max, Duration newWait) {
    return new ClipOptions(truncation, max, newWait, backend, threads);
  }

  /** On another backend. */
  public ClipOptions withBackend(String newBackend) {
    return new ClipOptions(truncation, maxBatch, maxDelay, newBackend, threads);
  }

  /** With another number of threads. */
  public ClipOptions withThreads(int newThreads) {
    return new ClipOptions(truncation, maxBatch, maxDelay, backend, newThreads);
  }

  /** For the image tower. */
  EmbedderOptions images() {
    return new EmbedderOptions(
        EmbedderOptions.Output.PROJECTED, -1, true, maxBatch, maxDelay, backend, threads);
  }
}
