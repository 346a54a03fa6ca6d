package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.time.Duration;

/**
 * Options of {@link Clip}. Start from {@link #defaults} and change what differs.
 *
 * @param truncation whether a text that is too long is truncated; else it is rejected
 * @param maxBatch maximum number of images, or texts, of concurrent callers in a batch
 * @param maxDelay how long the first of a batch waits for others; see {@link EmbedderOptions}
 * @param backend {@code auto}, {@code cuda}, {@code cpu}, {@code plain} or {@code reference}
 * @param threads number of compute threads
 * @param processing what the files of the preprocessing leave open
 * @since 0.1.0
 */
public record ClipOptions(
    boolean truncation,
    int maxBatch,
    Duration maxDelay,
    String backend,
    int threads,
    ProcessorOptions processing) {

  /** Checks the values. */
  public ClipOptions {
    if (maxBatch < 1 || maxDelay.isNegative() || threads < 1) {
      throw new ArgumentException(
          ("clip: maxBatch %d, maxDelay %s, threads %d: the delay must not be negative, the"
                      + " others at least")
                  .formatted(maxBatch, maxDelay, threads)
              + " 1");
    }
  }

  /** Long texts are rejected, batches of up to 8, all cores. */
  public static ClipOptions defaults() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new ClipOptions(
        false, 8, Duration.ZERO, Backends.AUTO, cores, ProcessorOptions.defaults());
  }

  /** With truncation of long texts, or rejecting them. */
  public ClipOptions withTruncation(boolean cut) {
    return new ClipOptions(cut, maxBatch, maxDelay, backend, threads, processing);
  }

  /** With other limits of batching. */
  public ClipOptions withBatching(int max, Duration newWait) {
    return new ClipOptions(truncation, max, newWait, backend, threads, processing);
  }

  /** On another backend. */
  public ClipOptions withBackend(String newBackend) {
    return new ClipOptions(truncation, maxBatch, maxDelay, newBackend, threads, processing);
  }

  /** With other options of the preprocessing. */
  public ClipOptions withProcessing(ProcessorOptions newOptions) {
    return new ClipOptions(truncation, maxBatch, maxDelay, backend, threads, newOptions);
  }

  /** With another number of threads. */
  public ClipOptions withThreads(int newThreads) {
    return new ClipOptions(truncation, maxBatch, maxDelay, backend, newThreads, processing);
  }

  /** Options of the image tower, whose embedding is its pooled output if it has no projection. */
  EmbedderOptions images(boolean projection) {
    EmbedderOptions.Output output =
        projection ? EmbedderOptions.Output.PROJECTED : EmbedderOptions.Output.POOLED;
    return new EmbedderOptions(
        output, -1, true, maxBatch, maxDelay, backend, threads, processing, 0);
  }
}
