package io.github.maskalign.cli;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options {@code --backend} and {@code --threads}: picocli's {@code @Mixin} for commands that
 * compute. Settings records declare theirs with the same texts.
 *
 * @since 0.1.0
 */
public final class ComputeOptions {

  /** Describes {@code --backend}. */
  public static final String BACKEND = "Backend: auto, cuda, cpu, plain or reference";

  /** Describes {@code --threads}. */
  public static final String THREADS = "Number of worker threads";

  /** Describes {@code --precision}, which the commands for training and benchmarks have. */
  public static final String PRECISION = "Precision of matrix products and attention";

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = Backends.AUTO,
      description = BACKEND + " (default: ${DEFAULT-VALUE}).")
  private String backend = Backends.AUTO;

  @Option(names = "--threads", paramLabel = "N", description = THREADS + " (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  /** For picocli. */
  public ComputeOptions() {}

  /** The backend's name, or {@link Backends#AUTO}. */
  public String backend() {
    return backend;
  }

  /** Number of worker threads. */
  public int threads() {
    return threads;
  }

  /** Opens the backend. */
  public Backends.Choice open() {
    return open(backend, threads, Precision.F32);
  }

  /**
   * Opens a backend.
   *
   * @param threads number of worker threads; one per core if null
   */
  public static Backends.Choice open(
      String backend, @Nullable Integer threads, Precision precision) {
    BackendOptions options = BackendOptions.defaults().withPrecision(precision);
    return Backends.open(backend, threads == null ? options : options.withThreads(threads));
  }
}
