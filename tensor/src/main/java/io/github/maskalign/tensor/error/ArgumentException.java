package io.github.maskalign.tensor.error;

import org.jspecify.annotations.Nullable;

/**
 * A value that the caller chose is out of range or contradicts another one.
 *
 * @since 0.1.0
 */
public final class ArgumentException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names the argument, what it must be and what it was. */
  public ArgumentException(String message) {
    super(message);
  }

  /** Creates the exception with the underlying cause. */
  public ArgumentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
