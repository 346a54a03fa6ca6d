package io.github.maskalign.tensor.error;

/**
 * A backend or device is unavailable or has failed, or operands belong to different backends.
 *
 * @since 0.1.0
 */
public final class DeviceException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names what was found and what to change. */
  public DeviceException(String message) {
    super(message);
  }

  /** Creates the exception with the underlying cause. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
