package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;

/**
 * Where and how a network computes.
 *
 * @param backend {@code auto}, {@code cuda}, {@code cpu}, {@code plain} or {@code reference}
 * @param options threads, memory, the precision of products and attention, and the device
 * @since 0.1.0
 */
public record Execution(String backend, BackendOptions options) {

  /** The best backend, all cores, F32. */
  public static Execution defaults() {
    return new Execution(Backends.AUTO, BackendOptions.defaults());
  }

  /** On another backend. */
  public Execution withBackend(String newBackend) {
    return new Execution(newBackend, options);
  }

  /** With another number of threads. */
  public Execution withThreads(int newThreads) {
    return new Execution(backend, options.withThreads(newThreads));
  }

  /** On another device of the backend, numbered from 0. */
  public Execution withDevice(int newDevice) {
    return new Execution(backend, options.withDevice(newDevice));
  }

  /** With another precision. */
  public Execution withPrecision(Precision newPrecision) {
    return new Execution(backend, options.withPrecision(newPrecision));
  }

  /** Opens the backend, and logs a warning if this machine could run a better one. */
  Backends.Choice open() {
    return told(Backends.open(backend, options));
  }

  static Backends.Choice told(Backends.Choice choice) {
    if (choice.improvable()) {
      System.getLogger(Execution.class.getPackageName())
          .log(System.Logger.Level.WARNING, choice.explanation());
    }
    return choice;
  }
}
