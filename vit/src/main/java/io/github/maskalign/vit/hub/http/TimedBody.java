package io.github.maskalign.vit.hub.http;

import io.github.maskalign.tensor.error.ThreadInterruptedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response, read piece by piece with a limit on the silence between them, which the
 * client of the JDK does not have.
 */
final class TimedBody implements BodySubscriber<TimedBody>, AutoCloseable {

  /** What happened: pieces arrived, the body ended, or the connection failed. */
  private sealed interface Event {
    record Pieces(List<ByteBuffer> buffers) implements Event {}

    record End() implements Event {}

    record Failure(Throwable cause) implements Event {}
  }

  private final Duration silence;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private @Nullable Subscription subscription;
  private boolean closed;
  private boolean ended;

  TimedBody(Duration silence) {
    this.silence = silence;
  }

  @Override
  public CompletionStage<TimedBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public synchronized void onSubscribe(Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    events.add(new Event.Pieces(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    events.add(new Event.Failure(cause));
  }

  @Override
  public void onComplete() {
    events.add(new Event.End());
  }

  /** Whether all was read. */
  boolean isAtEnd() {
    return ended;
  }

  /**
   * Waits for the next bytes; {@link #isAtEnd} tells afterwards whether there were any.
   *
   * @throws IOException if the connection fails or is silent for too long
   */
  List<ByteBuffer> next() throws IOException {
    if (ended) {
      return List.of();
    }
    Event event;
    try {
      event = events.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new ThreadInterruptedException("interrupted while content arrived from the Hub", e);
    }
    return switch (event) {
      case null ->
          throw new HttpTimeoutException("no bytes for %d s".formatted(silence.toSeconds()));
      case Event.Failure(Throwable cause) -> throw new IOException(cause.getMessage(), cause);
      case Event.End _ -> {
        ended = true;
        yield List.of();
      }
      case Event.Pieces(List<ByteBuffer> buffers) -> {
        request();
        yield buffers;
      }
    };
  }

  private synchronized void request() {
    if (subscription != null && !closed) {
      subscription.request(1);
    }
  }

  /**
   * Waits for the rest; null if it is longer than a limit.
   *
   * @param limit in bytes
   * @param time for all of it
   * @throws IOException if the connection fails, is silent for too long, or takes longer
   */
  byte @Nullable [] rest(int limit, Duration time) throws IOException {
    long start = System.nanoTime();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      List<ByteBuffer> buffers = next();
      if (ended) {
        return all.toByteArray();
      }
      if (System.nanoTime() - start > time.toNanos()) {
        throw new HttpTimeoutException("not complete after %d s".formatted(time.toSeconds()));
      }
      for (ByteBuffer buffer : buffers) {
        if (buffer.remaining() > limit - all.size()) {
          return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        all.writeBytes(bytes);
      }
    }
  }

  /** Closes the connection, unless all was read. */
  @Override
  public synchronized void close() {
    closed = true;
    if (!ended && subscription != null) {
      subscription.cancel();
    }
  }
}
