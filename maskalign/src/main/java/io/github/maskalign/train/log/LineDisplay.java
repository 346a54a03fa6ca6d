package io.github.maskalign.train.log;

import io.github.maskalign.tensor.error.Printable;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Prints a line for the first step, one every ten seconds, and one for the last step. */
final class LineDisplay implements ProgressDisplay {

  private static final long INTERVAL_NANOS = 10_000_000_000L;

  private final String task;
  private final long firstStep;
  private final long steps;
  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final long start;
  private long shown;
  private boolean any;

  LineDisplay(String task, long firstStep, long steps, PrintStream out, LongSupplier nanoTime) {
    this.task = task;
    this.firstStep = firstStep;
    this.steps = steps;
    this.out = out;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  @Override
  public void update(LogEntry entry) {
    long now = nanoTime.getAsLong();
    if (any && now - shown < INTERVAL_NANOS && entry.step() < steps) {
      return;
    }
    any = true;
    shown = now;
    out.printf(
        Locale.ROOT,
        "%s  step %d/%d  %s  %s left%n",
        task,
        entry.step(),
        steps,
        ProgressDisplay.summary(entry),
        left(entry.step(), now - start));
  }

  private String left(long step, long elapsedNanos) {
    if (step <= firstStep) {
      return "?";
    }
    double perStep = elapsedNanos * 1e-9 / (step - firstStep);
    long seconds = Math.round(perStep * (steps - step));
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  @Override
  public void message(String line) {
    out.println(Printable.text(line));
  }

  @Override
  public void close() {
    out.flush();
  }
}
