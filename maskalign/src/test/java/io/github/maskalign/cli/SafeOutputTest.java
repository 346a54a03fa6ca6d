package io.github.maskalign.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class SafeOutputTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private String printed(String text, boolean allowReturn) {
    bytes.reset();
    PrintStream out = SafeOutput.protect(new PrintStream(bytes, true, UTF_8), allowReturn);
    out.print(text);
    out.flush();
    return bytes.toString(UTF_8);
  }

  @Test
  void ordinaryTextPasses() {
    String text = "Käse 魚 \uD83D\uDC1F Â \u00a0 two\n\tlines\n";
    assertEquals(text, printed(text, false));
  }

  @Test
  void controlsAreEscaped() {
    assertEquals("a\\x1b[2Jb\\x07\\x7f\n", printed("a\u001b[2Jb\u0007\u007f\n", false));
    assertEquals("\\x9b2J", printed("\u009b2J", false));
    assertEquals("a\\x0db", printed("a\rb", false));
    assertEquals("a\rb\\x00", printed("a\rb\0", true));
  }

  @Test
  void singleBytesAreFilteredAsArraysAre() {
    PrintStream out = SafeOutput.protect(new PrintStream(bytes, true, UTF_8), false);
    for (byte b : "ä\u0085\u001bÂ|".getBytes(UTF_8)) {
      out.write(b);
    }
    assertEquals("ä\\x85\\x1bÂ|", bytes.toString(UTF_8));
  }
}
