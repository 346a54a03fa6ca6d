package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ArgumentException;

/**
 * Options of a backend.
 *
 * @param threads number of worker threads of a host backend, at least 1
 * @param memoryLimit maximum tensor memory in bytes
 * @param precision precision of matrix products and attention
 * @param device number of the device, from 0, for a backend that has several
 * @since 0.1.0
 */
public record BackendOptions(int threads, long memoryLimit, Precision precision, int device) {

  /** Validates the options. */
  public BackendOptions {
    if (threads < 1) {
      throw new ArgumentException("threads: must be at least 1, got " + threads);
    }
    if (memoryLimit < 1) {
      throw new ArgumentException("memory limit: must be positive, got " + memoryLimit);
    }
    if (device < 0) {
      throw new ArgumentException("device: must be at least 0, got " + device);
    }
  }

  /** Options for the first device. */
  public BackendOptions(int threads, long memoryLimit, Precision precision) {
    this(threads, memoryLimit, precision, 0);
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
    return new BackendOptions(newThreads, memoryLimit, precision, device);
  }

  /** Returns these options with another precision. */
  public BackendOptions withPrecision(Precision newPrecision) {
    return new BackendOptions(threads, memoryLimit, newPrecision, device);
  }

  /** Returns these options with another device. */
  public BackendOptions withDevice(int newDevice) {
    return new BackendOptions(threads, memoryLimit, precision, newDevice);
  }
}
