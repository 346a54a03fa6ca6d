package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Options of a {@link DataLoader}. They do not affect the content of batches, except for damaged
 * pictures.
 *
 * @param workers threads that decode and augment
 * @param ahead batches being loaded or waiting for the consumer, which determines the loader's
 *     memory
 * @param damage handling of damaged pictures
 * @param report receives a line for each damaged picture and a summary, on the consumer's thread
 * @param stop whether to give up waiting for a batch when reading hangs
 * @since 0.1.0
 */
public record LoaderOptions(
    int workers, int ahead, DamagePolicy damage, Consumer<String> report, BooleanSupplier stop) {

  private static final int DEFAULT_MAX_WORKERS = 8;
  private static final int USUAL_AHEAD = 3;

  /** Options without a stop. */
  public LoaderOptions(int workers, int ahead, DamagePolicy damage, Consumer<String> report) {
    this(workers, ahead, damage, report, () -> false);
  }

  /** Checks the numbers. */
  public LoaderOptions {
    if (workers < 1 || ahead < 1) {
      throw new ArgumentException(
          "loader: %d workers, %d batches ahead; both must be at least 1"
              .formatted(workers, ahead));
    }
  }

  /**
   * One worker per core, at most eight; three batches ahead; skips a few damaged pictures and
   * reports them on stderr.
   */
  public static LoaderOptions standard() {
    int workers = Math.min(Runtime.getRuntime().availableProcessors(), DEFAULT_MAX_WORKERS);
    return new LoaderOptions(workers, USUAL_AHEAD, DamagePolicy.standard(), System.err::println);
  }

  /** The same with another number of workers. */
  public LoaderOptions withWorkers(int number) {
    return new LoaderOptions(number, ahead, damage, report, stop);
  }

  /** The same with another number of batches ahead. */
  public LoaderOptions withAhead(int batches) {
    return new LoaderOptions(workers, batches, damage, report, stop);
  }

  /** The same with another policy. */
  public LoaderOptions withDamage(DamagePolicy policy) {
    return new LoaderOptions(workers, ahead, policy, report, stop);
  }

  /** The same for several passes over the same pictures: each message is reported only once. */
  public LoaderOptions reportingOnce() {
    Set<String> known = ConcurrentHashMap.newKeySet();
    return withReport(
        line -> {
          if (known.add(line)) {
            report.accept(line);
          }
        });
  }

  /** The same for a pass whose result is discarded: nothing is reported. */
  public LoaderOptions withoutReport() {
    return withReport(_ -> {});
  }

  /** The same with another receiver of messages. */
  public LoaderOptions withReport(Consumer<String> lines) {
    return new LoaderOptions(workers, ahead, damage, lines, stop);
  }

  /**
   * The same with a stop: once it is requested, and no picture has been loaded for three seconds,
   * the loader throws a {@link StoppedException} instead of waiting further. Reading from a network
   * folder whose server is gone never returns.
   */
  public LoaderOptions withStop(BooleanSupplier requested) {
    return new LoaderOptions(workers, ahead, damage, report, requested);
  }
}
