package io.github.maskalign.cli;

import io.github.maskalign.train.log.ProgressDisplay;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The progress of a long task in one line: redrawn in place on a terminal and removed when it is
 * closed, printed every ten seconds elsewhere.
 *
 * @since 0.1.0
 */
public final class ProgressLine implements AutoCloseable {

  private static final double REDRAW_SECONDS = 0.1;
  private static final double PRINT_SECONDS = 10;

  /** Earlier, JIT compilation makes an estimate of the time left misleading. */
  private static final double ESTIMATE_SECONDS = 4;

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private final String task;
  private final long start;
  private double shown;
  private int width;

  /**
   * Starts the clock.
   *
   * @param out where the process has a terminal, the terminal
   * @param task what is counted, such as {@code images}
   */
  public ProgressLine(PrintWriter out, String task) {
    this(out, ProgressDisplay.onTerminal(), System::nanoTime, task);
  }

  /** Starts the clock; the line is shown on standard error. */
  public static ProgressLine onStandardError(String task) {
    return new ProgressLine(new PrintWriter(System.err, true), task);
  }

  ProgressLine(PrintWriter out, boolean terminal, LongSupplier nanoTime, String task) {
    this.out = out;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.task = task;
    this.start = nanoTime.getAsLong();
    this.shown = terminal ? -REDRAW_SECONDS : 0;
  }

  /** Shows that some of the items are done, if it is time to. */
  public void update(long done, long total) {
    double seconds = (nanoTime.getAsLong() - start) * 1e-9;
    boolean due = seconds - shown >= (terminal ? REDRAW_SECONDS : PRINT_SECONDS);
    if (done < total && due) {
      shown = seconds;
      show(text(task, done, total, seconds));
    }
  }

  /** Removes the line from a terminal, before other output. */
  public void clear() {
    if (width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
      out.flush();
      width = 0;
    }
  }

  @Override
  public void close() {
    clear();
  }

  private void show(String line) {
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Such as {@code images: 400 of 1,000, about 12 s left}. */
  static String text(String task, long done, long total, double seconds) {
    String line = String.format(Locale.ROOT, "%s: %,d of %,d", task, done, total);
    return done == 0 || seconds < ESTIMATE_SECONDS
        ? line
        : String.format(
            Locale.ROOT, "%s, about %.0f s left", line, seconds / done * (total - done));
  }
}
