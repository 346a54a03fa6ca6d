package io.github.maskalign.cli;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vit.embed.Execution;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options {@code --backend}, {@code --threads} and {@code --precision}: picocli's
 * {@code @Mixin} for commands that compute. Settings records declare theirs with the same texts.
 *
 * @since 0.1.0
 */
public final class ComputeOptions {

  /** Describes {@code --backend}. */
  public static final String BACKEND = "Backend: auto, cuda, cpu, plain or reference";

  /** Describes {@code --threads}. */
  public static final String THREADS = "Number of worker threads";

  /** Describes {@code --precision}. */
  public static final String PRECISION = "Precision of matrix products and attention";

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = Backends.AUTO,
      description = BACKEND + " (default: ${DEFAULT-VALUE}).")
  private String backend = Backends.AUTO;

  @Option(names = "--threads", paramLabel = "N", description = THREADS + " (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description = PRECISION + ": ${COMPLETION-CANDIDATES} (default: F32).")
  private Precision precision = Precision.F32;

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

  /** Precision of matrix products and attention. */
  public Precision precision() {
    return precision;
  }

  /** All three, for what is loaded with options of its own. */
  public Execution execution() {
    return Execution.defaults().withBackend(backend).withThreads(threads).withPrecision(precision);
  }

  /** Opens the backend. */
  public Backends.Choice open() {
    return open(backend, threads, precision);
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
