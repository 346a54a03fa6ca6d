package io.github.maskalign.cli.bench;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Says on a terminal which benchmark runs and how long the rest will take. The line goes away
 * before the table's next one comes; where no terminal is, the table's lines are the progress.
 */
final class Progress {

  private final PrintStream out;
  private final boolean shown;
  private final int total;
  private final long start = System.nanoTime();
  private int done;
  private int width;

  Progress(int total) {
    Console console = System.console();
    this.out = System.err;
    this.shown = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    this.total = total;
  }

  void begin(String name) {
    if (shown) {
      String line = line(name, done, total, 1e-9 * (System.nanoTime() - start));
      out.print("\r" + line);
      out.flush();
      width = line.length();
    }
  }

  void end() {
    done++;
    if (shown) {
      out.print("\r" + " ".repeat(width) + "\r");
      out.flush();
    }
  }

  /** Such as {@code 4/30 softmax/60, about 52 s left}; the rest is guessed from what is done. */
  static String line(String name, int done, int total, double seconds) {
    String line = (done + 1) + "/" + total + " " + name;
    return done == 0
        ? line
        : String.format(
            Locale.ROOT, "%s, about %.0f s left", line, seconds / done * (total - done));
  }
}
