package io.github.maskalign.tensor.error;

/**
 * The element type of an operand does not suit the operation.
 *
 * @since 0.1.0
 */
public final class DTypeException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names what was found and what to change. */
  public DTypeException(String message) {
    super(message);
  }
}
