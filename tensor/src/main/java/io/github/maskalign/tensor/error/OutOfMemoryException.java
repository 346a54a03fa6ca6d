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
    return new OutOfMemoryException(
        "%s needs about %d MB of memory; %s"
            .formatted(what, megabytes(needed), limit(Math.max(needed, max()))),
        cause);
  }

  /**
   * Java's memory does not suffice for something of unknown size.
   *
   * @param what what needs it, such as a file
   */
  public static OutOfMemoryException ofJava(String what, @Nullable Throwable cause) {
    return new OutOfMemoryException(
        "%s needs more memory; %s".formatted(what, limit(max())), cause);
  }

  /**
   * The memory outside of Java's heap does not suffice.
   *
   * @param what what needs it, such as a file
   * @param needed bytes, about
   * @param said the error's message
   */
  public static OutOfMemoryException ofSystem(
      String what, long needed, String said, @Nullable Throwable cause) {
    // Unless it has an option of its own, -Xmx is also the limit of direct memory.
    String remedy =
        said.contains("direct buffer memory")
            ? limit(max())
            : "close other programs, or allow less to the heap with a smaller -Xmx";
    return new OutOfMemoryException(
        "%s needs about %d MB of memory outside of Java's heap (%s); %s"
            .formatted(what, megabytes(needed), said, remedy),
        cause);
  }

  private static String limit(long atLeast) {
    long enough = 1 + (2 * atLeast >> 30);
    return "Java may use %d MB in all: allow more with -Xmx%dg (for bin/maskalign: MASKALIGN_JAVA_OPTS=-Xmx%dg)"
        .formatted(megabytes(max()), enough, enough);
  }

  private static long max() {
    return Runtime.getRuntime().maxMemory();
  }

  private static long megabytes(long bytes) {
    return Math.ceilDiv(bytes, 1_000_000);
  }
}
