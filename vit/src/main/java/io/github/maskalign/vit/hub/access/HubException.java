package io.github.maskalign.vit.hub.access;

import io.github.maskalign.tensor.error.UnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * A request to the Hub failed, or was not made because offline mode is on.
 *
 * @since 0.1.0
 */
public final class HubException extends UnavailableException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** There is no such repository, or it is private. */
    NO_REPOSITORY,
    /** The repository has no such revision. */
    NO_REVISION,
    /** The revision has no such file, or none that can be loaded. */
    NO_FILE,
    /** Terms must be accepted, or a token is missing. */
    GATED,
    /** The token is not valid, or the repository was disabled. */
    REFUSED,
    /** There was no connection, no answer in time, or the server had an error. */
    UNREACHABLE,
    /** The answer is not that of a Hub. */
    NOT_A_HUB,
    /** The content differs from the size or digest that the Hub states. */
    DAMAGED,
    /** It is not cached, and offline mode is on. */
    OFFLINE
  }

  private final Reason reason;

  /** Creates the exception; the message names what was asked for, what was found and what to do. */
  public HubException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** Creates the exception with the underlying cause. */
  public HubException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** Whether a cached file may be used instead: the answer says nothing about the file itself. */
  public boolean allowsCache() {
    return switch (reason) {
      case NO_REPOSITORY, GATED, REFUSED, UNREACHABLE, NOT_A_HUB, OFFLINE -> true;
      case NO_REVISION, NO_FILE, DAMAGED -> false;
    };
  }
}
