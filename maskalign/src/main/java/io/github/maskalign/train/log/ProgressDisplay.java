package io.github.maskalign.train.log;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows how far training is: a bar on a terminal, a line every few seconds where the output goes to
 * a file or a build log, or nothing. Opened, fed and closed by one thread.
 *
 * @since 0.1.0
 */
public sealed interface ProgressDisplay extends AutoCloseable
    permits BarDisplay, LineDisplay, ProgressDisplay.None {

  /**
   * Opens what suits standard error, where it is shown.
   *
   * @param task stands in front
   * @param firstStep steps that were done before, by a run that this one goes on from
   * @param steps steps when all is done
   * @param quiet shows neither progress nor messages
   */
  static ProgressDisplay open(String task, long firstStep, long steps, boolean quiet) {
    if (quiet) {
      return new None();
    }
    PrintStream out = System.err;
    return onTerminal()
        ? new BarDisplay(task, firstStep, steps, out, TerminalWidth.columns())
        : new LineDisplay(task, firstStep, steps, out, System::nanoTime);
  }

  private static boolean onTerminal() {
    Console console = System.console();
    return console != null
        && console.isTerminal()
        && System.getenv("CI") == null
        && !"dumb".equals(System.getenv("TERM"));
  }

  /** Shows nothing. */
  record None() implements ProgressDisplay {
    @Override
    public void update(LogEntry entry) {}

    @Override
    public void message(String line) {}

    @Override
    public void close() {}
  }

  /** Shows a training step. */
  void update(LogEntry entry);

  /** Prints a line of text without disturbing the display. */
  void message(String line);

  @Override
  void close();

  /** Loss, learning rate and speed, in a few words. */
  static String summary(LogEntry entry) {
    return String.format(
        Locale.ROOT,
        "loss %.4f  lr %.1e  %.0f images/s",
        entry.loss(),
        entry.lr(),
        entry.imagesPerSecond());
  }
}
