package io.github.maskalign.tensor.error;

/**
 * The shape, an axis or the size of an operand does not suit the operation.
 *
 * @since 0.1.0
 */
public final class ShapeException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names what was found and what to change. */
  public ShapeException(String message) {
    super(message);
  }

  /** A token id that is negative, or not less than the number of tokens. */
  public static ShapeException ofTokenId(long id, long tokens) {
    return new ShapeException("token id " + id + " is not inside [0, " + tokens + ")");
  }
}
