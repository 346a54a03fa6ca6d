package examples;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The bytes that a client sends. A client that pauses, or takes too long in all, is given up. */
final class ClientStream implements AutoCloseable {

  /** Time that a client may send nothing. */
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  /** Time for any number of bytes, to which the time for each byte is added. */
  private static final Duration MIN_TIME = Duration.ofSeconds(10);

  private final InputStream in;
  private final ExecutorService threads;
  private final long nanosPerByte;
  private final long start = System.nanoTime();

  /** A read that still waits for the client. */
  private @Nullable Future<Integer> pending;

  /**
   * Starts the client's time.
   *
   * @param bytesPerSecond that a client must send
   * @param threads used for each read, since a read cannot be given a time limit
   */
  ClientStream(InputStream in, long bytesPerSecond, ExecutorService threads) {
    this.in = in;
    this.nanosPerByte = TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    this.threads = threads;
  }

  /**
   * Reads some bytes to a position of an array; returns their number, or -1 at the end.
   *
   * @throws Refusal if none arrive
   */
  int read(byte[] target, int from) throws IOException, InterruptedException {
    pending = threads.submit(() -> in.read(target, from, target.length - from));
    try {
      int result = pending.get(MAX_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
      pending = null;
      return result;
    } catch (TimeoutException e) {
      throw tooSlow();
    } catch (ExecutionException e) {
      throw new SocketException("the client closed the connection");
    }
  }

  /**
   * Checks the speed of the client.
   *
   * @param bytes that have arrived
   * @throws Refusal if that took too long
   */
  void requireSpeed(long bytes) {
    if (System.nanoTime() - start > MIN_TIME.toNanos() + bytes * nanosPerByte) {
      throw tooSlow();
    }
  }

  private static Refusal tooSlow() {
    return new Refusal(408, "The request took too long to arrive.");
  }

  /** Whether a read waits for the client, so that there cannot be another. */
  boolean isStalled() {
    return pending != null;
  }

  /** Gives up a client that has not sent everything. */
  @Override
  public void close() {
    if (pending != null) {
      pending.cancel(true); // the interrupt closes the connection
    }
  }
}
