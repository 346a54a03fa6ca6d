package io.github.maskalign.tensor;

/**
 * Element types do not fit the operation.
 *
 * @since 0.1.0
 */
public final class DTypeException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names what was found and what to do. */
  public DTypeException(String message) {
    super(message);
  }
}
