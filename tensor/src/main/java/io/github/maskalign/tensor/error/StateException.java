package io.github.maskalign.tensor.error;

/**
 * A call is not possible in the present state of an object, whatever its arguments.
 *
 * @since 0.1.0
 */
public sealed class StateException extends TensorException permits ClosedException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names the object, its state and what to do instead. */
  public StateException(String message) {
    super(message);
  }
}
