package io.github.maskalign.tensor;

/**
 * What the user of a backend may choose.
 *
 * @param threads worker threads of a host backend, at least 1
 * @param memoryLimit most bytes of tensor memory to take
 */
public record BackendOptions(int threads, long memoryLimit) {

  /** Checks the values. */
  public BackendOptions {
    if (threads < 1) {
      throw new DeviceException("threads: must be at least 1, got " + threads);
    }
    if (memoryLimit < 1) {
      throw new DeviceException("memory limit: must be positive, got " + memoryLimit);
    }
  }

  /** All cores, no limit. */
  public static BackendOptions defaults() {
    return new BackendOptions(Runtime.getRuntime().availableProcessors(), Long.MAX_VALUE);
  }

  /** These options with another number of threads. */
  public BackendOptions withThreads(int newThreads) {
    return new BackendOptions(newThreads, memoryLimit);
  }
}
