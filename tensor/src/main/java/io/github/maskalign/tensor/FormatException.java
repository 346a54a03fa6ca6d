package io.github.maskalign.tensor;

/** A file does not hold what its format promises. */
public final class FormatException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names what was found and what to do. */
  public FormatException(String message) {
    super(message);
  }

  /** Creates the exception with the underlying cause. */
  public FormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
