package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.time.Duration;

/**
 * Options of {@link Classifier}. Start from {@link #defaults} and change what differs.
 *
 * @param maxBatch maximum number of images of concurrent callers in a batch
 * @param maxDelay how long the first of a batch waits for others; see {@link EmbedderOptions}
 * @param execution backend, threads and precision
 * @param processing what the files of the preprocessing leave open
 * @param merge similar tokens to merge in each block; see {@link EmbedderOptions}
 * @since 0.1.0
 */
public record ClassifierOptions(
    int maxBatch, Duration maxDelay, Execution execution, ProcessorOptions processing, int merge) {

  /** Checks the values. */
  public ClassifierOptions {
    if (maxBatch < 1 || maxDelay.isNegative() || merge < 0) {
      throw new ArgumentException(
          ("classifier: maxBatch %d, maxDelay %s, merge %d: delay and merge must not be"
                  + " negative, maxBatch at least 1")
              .formatted(maxBatch, maxDelay, merge));
    }
  }

  /** Batches of up to 8, all cores. */
  public static ClassifierOptions defaults() {
    return new ClassifierOptions(
        8, Duration.ZERO, Execution.defaults(), ProcessorOptions.defaults(), 0);
  }

  /** With other limits of batching. */
  public ClassifierOptions withBatching(int max, Duration newWait) {
    return new ClassifierOptions(max, newWait, execution, processing, merge);
  }

  /** With another backend and other options of it. */
  public ClassifierOptions withExecution(Execution newExecution) {
    return new ClassifierOptions(maxBatch, maxDelay, newExecution, processing, merge);
  }

  /** On another backend. */
  public ClassifierOptions withBackend(String newBackend) {
    return withExecution(execution.withBackend(newBackend));
  }

  /** With other options of the preprocessing. */
  public ClassifierOptions withProcessing(ProcessorOptions newOptions) {
    return new ClassifierOptions(maxBatch, maxDelay, execution, newOptions, merge);
  }

  /** With another number of threads. */
  public ClassifierOptions withThreads(int newThreads) {
    return withExecution(execution.withThreads(newThreads));
  }

  /** With another precision. */
  public ClassifierOptions withPrecision(Precision newPrecision) {
    return withExecution(execution.withPrecision(newPrecision));
  }

  /** With this many similar tokens merged in each block. */
  public ClassifierOptions withMerge(int newMerge) {
    return new ClassifierOptions(maxBatch, maxDelay, execution, processing, newMerge);
  }
}
