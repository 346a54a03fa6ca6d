package io.github.maskalign.tensor;

/**
 * A backend or device is missing, or tensors of different backends meet.
 *
 * @since 0.1.0
 */
public final class DeviceException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names what was found and what to do. */
  public DeviceException(String message) {
    super(message);
  }

  /** Creates the exception with the underlying cause. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
