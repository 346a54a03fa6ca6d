package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ArgumentException;

/**
 * Options of a backend.
 *
 * @param threads number of worker threads of a host backend, at least 1
 * @param memoryLimit maximum tensor memory in bytes
 * @param precision precision of matrix products and attention
 * @since 0.1.0
 */
public record BackendOptions(int threads, long memoryLimit, Precision precision) {

  /** Validates the options. */
  public BackendOptions {
    if (threads < 1) {
      throw new ArgumentException("threads: must be at least 1, got " + threads);
    }
    if (memoryLimit < 1) {
      throw new ArgumentException("memory limit: must be positive, got " + memoryLimit);
    }
  }

  /** Options with {@link Precision#F32}. */
  public BackendOptions(int threads, long memoryLimit) {
    this(threads, memoryLimit, Precision.F32);
  }

  /** Options for all cores, without a memory limit, with {@link Precision#F32}. */
  public static BackendOptions defaults() {
    return new BackendOptions(Runtime.getRuntime().availableProcessors(), Long.MAX_VALUE);
  }

  /** Returns these options with another number of threads. */
  public BackendOptions withThreads(int newThreads) {
    return new BackendOptions(newThreads, memoryLimit, precision);
  }

  /** Returns these options with another precision. */
  public BackendOptions withPrecision(Precision newPrecision) {
    return new BackendOptions(threads, memoryLimit, newPrecision);
  }
}
