package io.github.maskalign.tensor;

import org.jspecify.annotations.Nullable;

/**
 * A file does not hold what its format promises.
 *
 * @since 0.1.0
 */
public non-sealed class FormatException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names what was found and what to do. */
  public FormatException(String message) {
    super(message);
  }

  /** Creates the exception with the underlying cause. */
  public FormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
