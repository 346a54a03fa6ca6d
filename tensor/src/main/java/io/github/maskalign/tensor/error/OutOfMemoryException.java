package io.github.maskalign.tensor.error;

import org.jspecify.annotations.Nullable;

/**
 * A request exceeds the available memory. The backend remains usable for smaller requests.
 *
 * @since 0.1.0
 */
public final class OutOfMemoryException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message gives the bytes requested, free and total, and a remedy. */
  public OutOfMemoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Java's memory does not suffice.
   *
   * @param what what needs it, such as a file
   * @param needed bytes, about
   */
  public static OutOfMemoryException ofJava(String what, long needed, @Nullable Throwable cause) {
    long max = Runtime.getRuntime().maxMemory();
    long enough = 1 + (2 * Math.max(needed, max) >> 30);
    return new OutOfMemoryException(
        "%s needs about %d MB of memory, and Java may use %d MB in all: allow more with -Xmx%dg (for bin/maskalign: MASKALIGN_JAVA_OPTS=-Xmx%dg)"
            .formatted(what, megabytes(needed), megabytes(max), enough, enough),
        cause);
  }

  private static long megabytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
