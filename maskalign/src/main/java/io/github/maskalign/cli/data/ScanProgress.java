package io.github.maskalign.cli.data;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;

/** A line that tells how far a scan is: redrawn on a terminal, else a new one now and then. */
final class ScanProgress implements Scan.Progress {

  private static final double QUIET_SECONDS = 2;
  private static final double LINE_SECONDS = 10;

  private final PrintStream out;
  private final boolean redraws;
  private final long start = System.nanoTime();
  private double shown;

  ScanProgress(PrintStream out) {
    this.out = out;
    Console console = System.console();
    this.redraws = console != null && console.isTerminal();
  }

  @Override
  public void done(int pictures, int of) {
    double seconds = (System.nanoTime() - start) * 1e-9;
    if (seconds < QUIET_SECONDS || (!redraws && seconds - shown < LINE_SECONDS)) {
      return;
    }
    shown = seconds;
    double rate = pictures / seconds;
    String line =
        String.format(
            Locale.ROOT,
            "checked %,d of %,d  %,.0f/s  %.0f s left",
            pictures,
            of,
            rate,
            (of - pictures) / Math.max(rate, 1));
    // Blanks wipe out what was longer; the last line stays.
    out.print(redraws ? "\r" + line + "    " + (pictures == of ? "\n" : "") : line + "\n");
    out.flush();
  }
}
