package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.time.Duration;

/**
 * Options of {@link Classifier}. Start from {@link #defaults} and change what differs.
 *
 * @param batching how the images of concurrent callers are batched
 * @param execution backend, threads and precision
 * @param processing what the files of the preprocessing leave open
 * @param merge similar tokens to merge in each block; see {@link EmbedderOptions}
 * @since 0.1.0
 */
public record ClassifierOptions(
    Batching batching, Execution execution, ProcessorOptions processing, int merge) {

  /** Checks the values. */
  public ClassifierOptions {
    if (merge < 0) {
      throw new ArgumentException("classifier: merge %d: must not be negative".formatted(merge));
    }
  }

  /** Batches of up to 8, all cores. */
  public static ClassifierOptions defaults() {
    return new ClassifierOptions(
        Batching.defaults(), Execution.defaults(), ProcessorOptions.defaults(), 0);
  }

  /** With other limits of batching. */
  public ClassifierOptions withBatching(int max, Duration newWait) {
    return withBatching(batching.withLimits(max, newWait));
  }

  /** With another listener of batches. */
  public ClassifierOptions withListener(BatchListener newListener) {
    return withBatching(batching.withListener(newListener));
  }

  private ClassifierOptions withBatching(Batching newBatching) {
    return new ClassifierOptions(newBatching, execution, processing, merge);
  }

  /** With another backend and other options of it. */
  public ClassifierOptions withExecution(Execution newExecution) {
    return new ClassifierOptions(batching, newExecution, processing, merge);
  }

  /** On another backend. */
  public ClassifierOptions withBackend(String newBackend) {
    return withExecution(execution.withBackend(newBackend));
  }

  /** With other options of the preprocessing. */
  public ClassifierOptions withProcessing(ProcessorOptions newOptions) {
    return new ClassifierOptions(batching, execution, newOptions, merge);
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
    return new ClassifierOptions(batching, execution, processing, newMerge);
  }
}
