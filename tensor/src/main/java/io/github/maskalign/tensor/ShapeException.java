package io.github.maskalign.tensor;

/**
 * Shapes, axes or sizes do not fit the operation.
 *
 * @since 0.1.0
 */
public final class ShapeException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names what was found and what to do. */
  public ShapeException(String message) {
    super(message);
  }
}
