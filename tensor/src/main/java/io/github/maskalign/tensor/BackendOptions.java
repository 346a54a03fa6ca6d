package io.github.maskalign.tensor;

/**
 * What the user of a backend may choose.
 *
 * @param threads worker threads of a host backend, at least 1
 * @param memoryLimit most bytes of tensor memory to take
 * @param precision of products and attention
 * @since 0.1.0
 */
public record BackendOptions(int threads, long memoryLimit, Precision precision) {

  /** Checks the values. */
  public BackendOptions {
    if (threads < 1) {
      throw new ArgumentException("threads: must be at least 1, got " + threads);
    }
    if (memoryLimit < 1) {
      throw new ArgumentException("memory limit: must be positive, got " + memoryLimit);
    }
  }

  /** These options and the precision of the tensors. */
  public BackendOptions(int threads, long memoryLimit) {
    this(threads, memoryLimit, Precision.F32);
  }

  /** All cores, no limit, the precision of the tensors. */
  public static BackendOptions defaults() {
    return new BackendOptions(Runtime.getRuntime().availableProcessors(), Long.MAX_VALUE);
  }

  /** These options with another number of threads. */
  public BackendOptions withThreads(int newThreads) {
    return new BackendOptions(newThreads, memoryLimit, precision);
  }

  /** These options with another precision. */
  public BackendOptions withPrecision(Precision newPrecision) {
    return new BackendOptions(threads, memoryLimit, newPrecision);
  }
}
