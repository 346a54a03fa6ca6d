package io.github.maskalign.vit.hub.http;

import io.github.maskalign.tensor.error.ThreadInterruptedException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Waits before requests are repeated.
 *
 * @param clock tells the time
 * @param sleep waits
 * @param listener is told of every wait before it begins
 * @since 0.1.0
 */
public record RetryPolicy(InstantSource clock, Sleep sleep, Listener listener) {

  /** Waits. */
  @FunctionalInterface
  public interface Sleep {
    /** Returns after some time. */
    void of(Duration time) throws InterruptedException;
  }

  /** Is told of waits. */
  @FunctionalInterface
  public interface Listener {
    /** A request is repeated after some time, for a reason. */
    void waiting(Duration time, String reason);
  }

  /** By the system's clock. */
  public static RetryPolicy of(Listener listener) {
    return new RetryPolicy(InstantSource.system(), Thread::sleep, listener);
  }

  /**
   * Waits as long as a server asks for, or as is usual before a retry.
   *
   * @param retry counted from 0
   * @param answer that failed; null if there was none
   * @return whether to repeat the request: neither after too many retries, nor if the server asks
   *     for too long a wait
   */
  boolean awaitRetry(int retry, Connection.@Nullable Answer answer, String reason) {
    if (retry >= Backoff.RETRIES) {
      return false;
    }
    Duration asked =
        answer == null ? null : Backoff.asked(answer.status(), answer.headers(), clock.instant());
    Duration time = asked == null ? Backoff.before(retry) : asked;
    if (time.compareTo(Backoff.LONGEST) > 0) {
      return false;
    }
    listener.waiting(time, reason);
    try {
      sleep.of(time);
      return true;
    } catch (InterruptedException e) {
      throw new ThreadInterruptedException("interrupted while waiting to ask the Hub again", e);
    }
  }
}
