package io.github.maskalign.cli;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vit.embed.Execution;
import picocli.CommandLine.Option;

/**
 * The options {@code --backend}, {@code --device}, {@code --threads} and {@code --precision}:
 * picocli's {@code @Mixin} for commands that compute. Settings records declare theirs with the same
 * texts.
 *
 * @since 0.1.0
 */
public final class ComputeOptions {

  /** Describes {@code --backend}. */
  public static final String BACKEND = "Backend: auto, cuda, cpu, plain or reference";

  /** Describes {@code --device}. */
  public static final String DEVICE =
      "Number of the GPU, from 0, among those that CUDA_VISIBLE_DEVICES lets the program see";

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

  @Option(
      names = "--device",
      paramLabel = "N",
      defaultValue = "0",
      description = DEVICE + " (default: ${DEFAULT-VALUE}).")
  private int device;

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

  /** All but the backend's name. */
  public BackendOptions options() {
    return BackendOptions.defaults()
        .withThreads(threads)
        .withPrecision(precision)
        .withDevice(device);
  }

  /** All, for what is loaded with options of its own. */
  public Execution execution() {
    return new Execution(backend, options());
  }

  /** Opens the backend. */
  public Backends.Choice open() {
    return Backends.open(backend, options());
  }
}
