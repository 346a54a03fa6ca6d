package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.time.Duration;

/**
 * Options of {@link Clip}. Start from {@link #defaults} and change what differs.
 *
 * @param truncation whether a text that is too long is truncated; else it is rejected
 * @param batching how the images, and the texts, of concurrent callers are batched
 * @param execution backend, threads and precision
 * @param processing what the files of the preprocessing leave open
 * @since 0.1.0
 */
public record ClipOptions(
    boolean truncation, Batching batching, Execution execution, ProcessorOptions processing) {

  /** Long texts are rejected, batches of up to 8, all cores. */
  public static ClipOptions defaults() {
    return new ClipOptions(
        false, Batching.defaults(), Execution.defaults(), ProcessorOptions.defaults());
  }

  /** With truncation of long texts, or rejecting them. */
  public ClipOptions withTruncation(boolean cut) {
    return new ClipOptions(cut, batching, execution, processing);
  }

  /** With other limits of batching. */
  public ClipOptions withBatching(int max, Duration newWait) {
    return withBatching(batching.withLimits(max, newWait));
  }

  /** With another listener of batches, of images and of texts. */
  public ClipOptions withListener(BatchListener newListener) {
    return withBatching(batching.withListener(newListener));
  }

  private ClipOptions withBatching(Batching newBatching) {
    return new ClipOptions(truncation, newBatching, execution, processing);
  }

  /** With another backend and other options of it. */
  public ClipOptions withExecution(Execution newExecution) {
    return new ClipOptions(truncation, batching, newExecution, processing);
  }

  /** On another backend. */
  public ClipOptions withBackend(String newBackend) {
    return withExecution(execution.withBackend(newBackend));
  }

  /** With other options of the preprocessing. */
  public ClipOptions withProcessing(ProcessorOptions newOptions) {
    return new ClipOptions(truncation, batching, execution, newOptions);
  }

  /** With another number of threads. */
  public ClipOptions withThreads(int newThreads) {
    return withExecution(execution.withThreads(newThreads));
  }

  /** With another precision. */
  public ClipOptions withPrecision(Precision newPrecision) {
    return withExecution(execution.withPrecision(newPrecision));
  }

  /** Options of the image tower, whose embedding is its pooled output if it has no projection. */
  EmbedderOptions images(boolean projection) {
    EmbedderOptions.Output output =
        projection ? EmbedderOptions.Output.PROJECTED : EmbedderOptions.Output.POOLED;
    return new EmbedderOptions(output, -1, true, batching, execution, processing, 0);
  }
}
