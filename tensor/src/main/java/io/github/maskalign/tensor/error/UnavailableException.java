package io.github.maskalign.tensor.error;

import org.jspecify.annotations.Nullable;

/**
 * Something outside this process, such as a server, did not give what was asked of it.
 *
 * @since 0.1.0
 */
public non-sealed class UnavailableException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names what was asked for, the reason and what to do. */
  public UnavailableException(String message) {
    super(message);
  }

  /** Creates the exception with the underlying cause. */
  public UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
