package io.github.maskalign.train.log;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows the progress of training: a bar on a terminal, a line every few seconds if the output goes
 * to a file, or nothing. Used by one thread.
 *
 * @since 0.1.0
 */
public sealed interface ProgressDisplay extends AutoCloseable
    permits BarDisplay, LineDisplay, ProgressDisplay.None {

  /**
   * Opens the display that suits standard error, where it is shown.
   *
   * @param task label of the display
   * @param firstStep steps done before, in a resumed run
   * @param steps total number of steps
   * @param quiet whether to show neither progress nor messages
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

  /** Whether the process has a terminal on which a line can be redrawn. */
  static boolean onTerminal() {
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

  /** Loss, learning rate and throughput, in one line. */
  static String summary(LogEntry entry) {
    return String.format(
        Locale.ROOT,
        "loss %.4f  lr %.1e  %.0f images/s",
        entry.loss(),
        entry.lr(),
        entry.imagesPerSecond());
  }
}
