package io.github.maskalign.train.log;

import io.github.maskalign.tensor.error.Printable;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar that is redrawn in place, with elapsed and remaining time.
 *
 * @since 0.1.0
 */
public final class BarDisplay implements ProgressDisplay {

  private static final int REDRAW_MILLIS = 250;

  private final PrintStream out;
  private final int columns;
  private final ProgressBar bar;

  /**
   * Starts drawing.
   *
   * @param columns width of the terminal; passed in, because the library would query JLine, which
   *     resets the signal handlers that {@code StopSignal} installs
   */
  public BarDisplay(String task, long firstStep, long steps, PrintStream out, int columns) {
    this.out = out;
    this.columns = columns;
    boolean unicode = StandardCharsets.UTF_8.equals(out.charset());
    bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .startsFrom(firstStep, Duration.ZERO)
            .setInitialMax(steps)
            .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .setConsumer(new ConsoleProgressBarConsumer(out, columns))
            .build();
  }

  @Override
  public void update(LogEntry entry) {
    bar.setExtraMessage(" " + ProgressDisplay.summary(entry));
    bar.stepTo(entry.step());
  }

  @Override
  public void message(String text) {
    String line = Printable.text(text);
    // A single print, so that the thread that redraws the bar cannot interleave.
    String blank = " ".repeat(Math.max(columns - line.length(), 0));
    out.print("\r" + line + blank + System.lineSeparator());
    bar.refresh();
  }

  @Override
  public void close() {
    bar.close();
  }
}
