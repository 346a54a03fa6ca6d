package io.github.maskalign.tensor.error;

/**
 * The family of exceptions that this library throws on purpose. Every message names what was found
 * and what to change; what would act on a terminal is escaped.
 *
 * @since 0.1.0
 */
public abstract sealed class TensorException extends RuntimeException
    permits ShapeException,
        DTypeException,
        DeviceException,
        OutOfMemoryException,
        ArgumentException,
        StateException,
        FormatException,
        ThreadInterruptedException,
        UnavailableException {

  private static final long serialVersionUID = 1L;

  TensorException(String message) {
    super(Printable.text(message));
  }

  TensorException(String message, Throwable cause) {
    super(Printable.text(message), cause);
  }
}
