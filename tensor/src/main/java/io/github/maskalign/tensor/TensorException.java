package io.github.maskalign.tensor;

/**
 * The one family of errors this library throws on purpose; every message says what to change.
 *
 * @since 0.1.0
 */
public abstract sealed class TensorException extends RuntimeException
    permits ShapeException,
        DTypeException,
        DeviceException,
        OutOfMemoryException,
        ClosedException,
        FormatException {

  private static final long serialVersionUID = 1L;

  TensorException(String message) {
    super(message);
  }

  TensorException(String message, Throwable cause) {
    super(message, cause);
  }
}
