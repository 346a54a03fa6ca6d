package io.github.maskalign.tensor.error;

/**
 * A tensor, scope, file or backend was used after it was closed, or a tensor outside the scope that
 * owns it.
 *
 * @since 0.1.0
 */
public final class ClosedException extends StateException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names what was closed and what to do instead. */
  public ClosedException(String message) {
    super(message);
  }
}
