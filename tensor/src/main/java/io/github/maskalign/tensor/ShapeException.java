package io.github.maskalign.tensor;

/** Shapes, axes or sizes do not fit the operation. */
public final class ShapeException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names what was found and what to do. */
  public ShapeException(String message) {
    super(message);
  }
}
