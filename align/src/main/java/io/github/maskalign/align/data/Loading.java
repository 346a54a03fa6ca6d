package io.github.maskalign.align.data;

import java.util.function.Consumer;

/**
 * How a {@link BatchLoader} works. None of it changes what batches hold.
 *
 * @param workers threads that decode and augment
 * @param ahead batches in the making or waiting for the consumer; the loader's memory is so many
 * @param damage what to do about damaged pictures
 * @param report takes a line for each damaged picture and a summary, on the consumer's thread
 * @since 0.1.0
 */
public record Loading(int workers, int ahead, DamagePolicy damage, Consumer<String> report) {

  private static final int USUAL_MOST_WORKERS = 8;
  private static final int USUAL_AHEAD = 3;

  /** Checks the numbers. */
  public Loading {
    if (workers < 1 || ahead < 1) {
      throw new IllegalArgumentException(
          "loader: %d workers, %d batches ahead; both must be 1 or more".formatted(workers, ahead));
    }
  }

  /** A worker a core, eight at most; three batches; skips few damaged ones, told on stderr. */
  public static Loading standard() {
    int workers = Math.min(Runtime.getRuntime().availableProcessors(), USUAL_MOST_WORKERS);
    return new Loading(workers, USUAL_AHEAD, DamagePolicy.standard(), System.err::println);
  }

  /** The same with so many workers. */
  public Loading withWorkers(int number) {
    return new Loading(number, ahead, damage, report);
  }

  /** The same with so many batches ahead. */
  public Loading withAhead(int batches) {
    return new Loading(workers, batches, damage, report);
  }

  /** The same with another policy. */
  public Loading withDamage(DamagePolicy policy) {
    return new Loading(workers, ahead, policy, report);
  }

  /** The same with another place for messages. */
  public Loading withReport(Consumer<String> lines) {
    return new Loading(workers, ahead, damage, lines);
  }
}
