package io.github.maskalign.tensor.error;

import org.jspecify.annotations.Nullable;

/**
 * A request exceeds the available tensor memory. The backend remains usable for smaller requests.
 *
 * @since 0.1.0
 */
public final class OutOfMemoryException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message gives the bytes requested, free and total, and a remedy. */
  public OutOfMemoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
