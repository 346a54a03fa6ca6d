package io.github.maskalign.cli;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import picocli.CommandLine.Option;

/**
 * What commands that only look at things compute on: picocli's {@code @Mixin} for them.
 *
 * @since 0.1.0
 */
public final class ComputeOptions {

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = Backends.AUTO,
      description = "auto, cpu, cuda or reference (default: ${DEFAULT-VALUE}).")
  private String backend = Backends.AUTO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  /** For picocli. */
  public ComputeOptions() {}

  /** The backend's name, or {@link Backends#AUTO}. */
  public String backend() {
    return backend;
  }

  /** Threads that compute. */
  public int threads() {
    return threads;
  }

  /** Opens the backend. */
  public Backends.Choice open() {
    return Backends.open(backend, BackendOptions.defaults().withThreads(threads));
  }
}
