package io.github.maskalign.tensor;

/**
 * A tensor, scope or backend was used after it was closed.
 *
 * @since 0.1.0
 */
public final class ClosedException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names what was found and what to do. */
  public ClosedException(String message) {
    super(message);
  }
}
