package io.github.maskalign.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Output in which no control character reaches a terminal, whichever file name, parameter name or
 * text of a file was printed: all but line ends and tabs are written as {@code \x1b}. Bytes are
 * those of UTF-8 or of a superset of ASCII.
 */
final class SafeOutput extends FilterOutputStream {
  private static final int C1_LEAD = 0xc2;

  private final boolean allowReturn;

  /** Whether the last byte was the first of a two-byte character that may be a control. */
  private boolean pendingLead;

  private SafeOutput(OutputStream out, boolean allowReturn) {
    super(out);
    this.allowReturn = allowReturn;
  }

  /** Replaces both standard streams; progress on standard error is still redrawn in place. */
  static void protectStandardStreams() {
    System.setOut(protect(System.out, false));
    System.setErr(protect(System.err, true));
  }

  static PrintStream protect(PrintStream stream, boolean allowReturn) {
    return new PrintStream(new SafeOutput(stream, allowReturn), true, stream.charset());
  }

  @Override
  public synchronized void write(int value) throws IOException {
    int b = value & 0xff;
    if (pendingLead) {
      pendingLead = false;
      if (b >= 0x80 && b < 0xa0) {
        escape(b);
        return;
      }
      out.write(C1_LEAD);
    }
    if (b == C1_LEAD) {
      pendingLead = true;
    } else if (b < ' ' && !isAllowed(b) || b == 0x7f) {
      escape(b);
    } else {
      out.write(b);
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      int b = bytes[i] & 0xff;
      if (pendingLead || b == C1_LEAD || b < ' ' && !isAllowed(b) || b == 0x7f) {
        out.write(bytes, from, i - from);
        write(b);
        from = i + 1;
      }
    }
    out.write(bytes, from, end - from);
  }

  private boolean isAllowed(int control) {
    return control == '\n' || control == '\t' || control == '\r' && allowReturn;
  }

  private void escape(int control) throws IOException {
    out.write("\\x%02x".formatted(control).getBytes(StandardCharsets.US_ASCII));
  }
}
