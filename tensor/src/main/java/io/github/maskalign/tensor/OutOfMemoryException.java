package io.github.maskalign.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Tensor memory is used up; the backend stays usable for a smaller request.
 *
 * @since 0.1.0
 */
public final class OutOfMemoryException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message gives bytes asked, free and total and the knob to turn. */
  public OutOfMemoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
