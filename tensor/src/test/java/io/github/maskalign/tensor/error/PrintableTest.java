package io.github.maskalign.tensor.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void ordinaryTextIsKept() {
    String text = "Käse 魚 \uD83D\uDC1F \u200d e\u0301.png";
    assertSame(text, Printable.line(text));
    assertSame("two\n\tlines", Printable.text("two\n\tlines"));
  }

  @Test
  void whatActsOnATerminalIsEscaped() {
    assertEquals("a\\x1b[31mb", Printable.text("a\u001b[31mb"));
    assertEquals("a\\x9b2Jb\\x7f", Printable.text("a\u009b2Jb\u007f"));
    assertEquals("a\\x0db\nc", Printable.text("a\rb\nc"));
    assertEquals("a\\x0d\\x0ab\\x09", Printable.line("a\r\nb\t"));
    assertEquals("a\\u2028b", Printable.text("a\u2028b"));
    assertEquals("a\\u202egnp.exe", Printable.line("a\u202egnp.exe"));
  }

  @Test
  void loneSurrogatesAreEscaped() {
    assertEquals("a\\ud800", Printable.line("a\ud800"));
    assertEquals("\\ud800a", Printable.line("\ud800a"));
    assertEquals("a\\udc00\\udc00", Printable.line("a\udc00\udc00"));
  }

  @Test
  void longListsEndInAnEllipsis() {
    assertEquals("", Printable.line(List.of(), 2));
    assertEquals("a\\x0a, b", Printable.line(List.of("a\n", "b"), 2));
    assertEquals("a, b, ...", Printable.line(List.of("a", "b", "c"), 2));
  }

  @Test
  void messagesOfExceptionsAreSafe() {
    assertEquals("x: \\x1b]0;title", new FormatException("x: \u001b]0;title").getMessage());
    assertEquals("two\nlines", new ShapeException("two\nlines").getMessage());
  }
}
