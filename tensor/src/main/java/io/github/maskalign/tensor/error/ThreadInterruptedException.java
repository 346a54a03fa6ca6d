package io.github.maskalign.tensor.error;

/**
 * The calling thread was interrupted while it waited for a result. Its interrupt flag is set, and
 * the call had no effect. The unchecked equivalent of {@link InterruptedException}.
 *
 * @since 0.1.0
 */
public final class ThreadInterruptedException extends TensorException {

  private static final long serialVersionUID = 1L;

  /** Sets the interrupt flag of the calling thread; the message names what it waited for. */
  public ThreadInterruptedException(String message, InterruptedException cause) {
    super(message, cause);
    Thread.currentThread().interrupt();
  }
}
