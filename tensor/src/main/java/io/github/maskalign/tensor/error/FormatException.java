package io.github.maskalign.tensor.error;

import org.jspecify.annotations.Nullable;

/**
 * The content of a file violates its format.
 *
 * @since 0.1.0
 */
public non-sealed class FormatException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names what was found and what to change. */
  public FormatException(String message) {
    super(message);
  }

  /** Creates the exception with the underlying cause. */
  public FormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
