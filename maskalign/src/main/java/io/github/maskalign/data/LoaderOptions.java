package io.github.maskalign.data;

import java.util.function.Consumer;

/**
 * How a {@link DataLoader} works. None of it changes what batches hold.
 *
 * @param workers threads that decode and augment
 * @param ahead batches in the making or waiting for the consumer; the loader's memory is so many
 * @param damage what to do about damaged pictures
 * @param report takes a line for each damaged picture and a summary, on the consumer's thread
 * @since 0.1.0
 */
public record LoaderOptions(int workers, int ahead, DamagePolicy damage, Consumer<String> report) {

  private static final int DEFAULT_MAX_WORKERS = 8;
  private static final int USUAL_AHEAD = 3;

  /** Checks the numbers. */
  public LoaderOptions {
    if (workers < 1 || ahead < 1) {
      throw new IllegalArgumentException(
          "loader: %d workers, %d batches ahead; both must be 1 or more".formatted(workers, ahead));
    }
  }

  /** A worker a core, eight at most; three batches; skips few damaged ones, told on stderr. */
  public static LoaderOptions standard() {
    int workers = Math.min(Runtime.getRuntime().availableProcessors(), DEFAULT_MAX_WORKERS);
    return new LoaderOptions(workers, USUAL_AHEAD, DamagePolicy.standard(), System.err::println);
  }

  /** The same with so many workers. */
  public LoaderOptions withWorkers(int number) {
    return new LoaderOptions(number, ahead, damage, report);
  }

  /** The same with so many batches ahead. */
  public LoaderOptions withAhead(int batches) {
    return new LoaderOptions(workers, batches, damage, report);
  }

  /** The same with another policy. */
  public LoaderOptions withDamage(DamagePolicy policy) {
    return new LoaderOptions(workers, ahead, policy, report);
  }

  /** The same with another place for messages. */
  public LoaderOptions withReport(Consumer<String> lines) {
    return new LoaderOptions(workers, ahead, damage, lines);
  }
}
