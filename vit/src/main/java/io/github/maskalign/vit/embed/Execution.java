package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;

/**
 * Where and how a network computes.
 *
 * @param backend {@code auto}, {@code cuda}, {@code cpu}, {@code plain} or {@code reference}
 * @param threads number of compute threads
 * @param precision of the factors of products and attention
 * @since 0.1.0
 */
public record Execution(String backend, int threads, Precision precision) {

  /** Checks the values. */
  public Execution {
    if (threads < 1) {
      throw new ArgumentException("threads: must be at least 1, got " + threads);
    }
  }

  /** The best backend, all cores, F32. */
  public static Execution defaults() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new Execution(Backends.AUTO, cores, Precision.F32);
  }

  /** On another backend. */
  public Execution withBackend(String newBackend) {
    return new Execution(newBackend, threads, precision);
  }

  /** With another number of threads. */
  public Execution withThreads(int newThreads) {
    return new Execution(backend, newThreads, precision);
  }

  /** With another precision. */
  public Execution withPrecision(Precision newPrecision) {
    return new Execution(backend, threads, newPrecision);
  }

  /** Opens the backend. */
  Backends.Choice open() {
    return Backends.open(
        backend, BackendOptions.defaults().withThreads(threads).withPrecision(precision));
  }
}
