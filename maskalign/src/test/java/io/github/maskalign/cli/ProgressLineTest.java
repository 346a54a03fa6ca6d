package io.github.maskalign.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

  private final StringWriter out = new StringWriter();
  private double seconds;

  private ProgressLine line(boolean terminal) {
    return new ProgressLine(
        new PrintWriter(out), terminal, () -> (long) (seconds * 1e9), "teacher cache");
  }

  @Test
  void aLineIsPrintedEveryTenSeconds() {
    ProgressLine line = line(false);
    for (int crops = 1; crops <= 25; crops++) {
      seconds = crops;
      line.update(crops, 25);
    }
    line.clear();
    assertEquals(
        "teacher cache: 10 of 25, about 15 s left%nteacher cache: 20 of 25, about 5 s left%n"
            .formatted(),
        out.toString());
  }

  @Test
  void aTerminalShowsOneLineThatGoesAway() {
    try (ProgressLine line = line(true)) {
      seconds = 5;
      line.update(1, 10);
      seconds = 5.01;
      line.update(2, 10);
      seconds = 9;
      line.update(9, 10);
    }
    String first = "teacher cache: 1 of 10, about 45 s left";
    String second = "teacher cache: 9 of 10, about 1 s left";
    assertEquals(
        "\r%s\r%s \r%s\r".formatted(first, second, " ".repeat(second.length())), out.toString());
  }

  @Test
  void theTimeLeftIsEstimatedAfterTheStart() {
    assertEquals("images: 0 of 30", ProgressLine.text("images", 0, 30, 9));
    assertEquals("images: 10 of 30", ProgressLine.text("images", 10, 30, 3));
    assertEquals("images: 10 of 30, about 40 s left", ProgressLine.text("images", 10, 30, 20));
  }
}
