package io.github.maskalign.train.log;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The width of the terminal in characters. */
final class TerminalWidth {

  private static final int USUAL = 80;
  private static final int MIN = 40;
  private static final File TERMINAL = new File("/dev/tty");

  private TerminalWidth() {}

  /** Queries {@code stty} if available, else 80; one column stays free for the cursor. */
  static int columns() {
    if (!TERMINAL.exists()) {
      return USUAL - 1;
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(TERMINAL)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return USUAL - 1;
      }
      byte[] answer = stty.getInputStream().readAllBytes();
      return parse(new String(answer, StandardCharsets.US_ASCII)) - 1;
    } catch (IOException e) {
      return USUAL - 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL - 1;
    }
  }

  /** Reads {@code ROWS COLUMNS}; terminals of unknown size report 0. */
  static int parse(String size) {
    String[] words = size.strip().split(" ");
    try {
      int columns = words.length == 2 ? Integer.parseInt(words[1]) : 0;
      return columns < MIN ? USUAL : columns;
    } catch (NumberFormatException e) {
      return USUAL;
    }
  }
}
