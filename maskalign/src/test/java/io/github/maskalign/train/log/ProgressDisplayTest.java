package io.github.maskalign.train.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private static LogEntry entry(long step) {
    return new LogEntry(step, 0, 0.68124, 6e-4, 1, 311.7);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void linesComeNowAndThenAndForTheLastStep() {
    AtomicLong seconds = new AtomicLong();
    try (LineDisplay display =
        new LineDisplay("tiny", 100, 200, out, () -> seconds.get() * 1_000_000_000)) {
      for (int step = 101; step <= 200; step++) {
        seconds.addAndGet(step < 200 ? 3 : 1);
        display.update(entry(step));
        if (step == 110) {
          display.message("checkpoint saved");
        }
      }
    }
    String[] lines = shown().split("\\R");
    assertEquals(
        "tiny  step 101/200  loss 0.6812  lr 6.0e-04  312 images/s  0:04:57 left", lines[0]);
    assertEquals(
        "tiny  step 105/200  loss 0.6812  lr 6.0e-04  312 images/s  0:04:45 left", lines[1]);
    assertEquals("checkpoint saved", lines[3]);
    assertEquals(
        "tiny  step 200/200  loss 0.6812  lr 6.0e-04  312 images/s  0:00:00 left",
        lines[lines.length - 1]);
    // The first, one every four steps of three seconds, the message, the last.
    assertEquals(1 + 24 + 1 + 1, lines.length);
  }

  @Test
  void withoutAStepDoneTheTimeLeftIsUnknown() {
    try (LineDisplay display = new LineDisplay("tiny", 100, 200, out, () -> 0)) {
      display.update(entry(100));
    }
    assertTrue(shown().endsWith("? left" + System.lineSeparator()), shown());
  }

  @Test
  void theBarShowsTheSameAndLetsMessagesThrough() {
    try (BarDisplay display = new BarDisplay("tiny", 50, 200, out, 120)) {
      display.update(entry(75));
      display.message("checkpoint saved");
      display.update(entry(100));
    }
    String[] drawn = shown().split("[\r\n]+");
    String last = drawn[drawn.length - 1];
    assertTrue(last.startsWith("tiny"), last);
    assertTrue(last.contains("100/200"), last);
    assertTrue(last.contains("loss 0.6812  lr 6.0e-04  312 images/s"), last);
    assertTrue(last.length() <= 120, last);
    assertTrue(shown().contains("\rcheckpoint saved"), shown());
  }

  @Test
  void theQuietOneSaysNothing() {
    PrintStream before = System.err;
    System.setErr(out);
    try (ProgressDisplay display = ProgressDisplay.open("tiny", 0, 10, true)) {
      display.update(entry(10));
      display.message("checkpoint saved");
    } finally {
      System.setErr(before);
    }
    assertEquals("", shown());
  }

  @Test
  void theWidthIsReadFromStty() {
    assertEquals(132, TerminalWidth.parse("50 132\n"));
    assertEquals(80, TerminalWidth.parse("0 0\n"));
    assertEquals(80, TerminalWidth.parse(""));
    assertEquals(80, TerminalWidth.parse("stty: error"));
    assertTrue(TerminalWidth.columns() >= 39);
  }
}
