package examples;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request. All bodies together hold a bounded number of bytes, each from when it
 * arrives, so that a client that announces much and sends little holds little. A client that is too
 * slow is given up.
 */
final class RequestBody implements AutoCloseable {

  static final int MAX_BYTES = 16 << 20;

  private static final int CHUNK = 64 << 10;

  /** Time that a body waits for room. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Time that a client may send nothing. */
  private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  /** Time for a body: a part that depends on its size so far, and a part that does not. */
  private static final Duration TIME_OF_LARGEST = Duration.ofSeconds(60);

  private static final Duration TIME_OF_ANY = Duration.ofSeconds(10);

  private final HttpExchange exchange;
  private final Semaphore room;
  private final ExecutorService threads;
  private final Instant start = Instant.now();

  /** A read that still waits for the client. */
  private @Nullable Future<Integer> pending;

  private RequestBody(HttpExchange exchange, Semaphore room, ExecutorService threads) {
    this.exchange = exchange;
    this.room = room;
    this.threads = threads;
  }

  /** Room for bodies of so many bytes together, and at least for one of the largest size. */
  static Semaphore room(long bytes) {
    return new Semaphore(Math.toIntExact(Math.max(bytes, MAX_BYTES + CHUNK) / CHUNK));
  }

  /**
   * The body of a request; closing it ends the request.
   *
   * @param room for all bodies
   * @param threads used for each read that waits for the client
   */
  static RequestBody of(HttpExchange exchange, Semaphore room, ExecutorService threads) {
    return new RequestBody(exchange, room, threads);
  }

  /** Computes something from the bytes of a body. */
  interface Use<T> {
    T of(byte[] bytes) throws IOException, InterruptedException;
  }

  /**
   * Reads the body and holds it while it is used.
   *
   * @throws Refusal if it is too large, arrives too slowly, or finds no room
   */
  <T> T use(Use<T> use) throws IOException, InterruptedException {
    @Nullable String announced = exchange.getRequestHeaders().getFirst("Content-Length");
    requireSize(announced == null ? 0 : Long.parseLong(announced));
    InputStream in = exchange.getRequestBody();
    byte[] bytes = new byte[0];
    int size = 0;
    int held = 0;
    try {
      while (true) {
        if (size == bytes.length) {
          int larger = Math.clamp(2L * size, CHUNK, MAX_BYTES + CHUNK);
          int more = larger / CHUNK - held;
          if (!room.tryAcquire(more, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw Refusal.busy();
          }
          held += more;
          bytes = Arrays.copyOf(bytes, larger);
        }
        byte[] target = bytes;
        int from = size;
        int read = await(() -> in.read(target, from, target.length - from));
        if (read < 0) {
          return use.of(Arrays.copyOf(bytes, size));
        }
        size += read;
        requireSize(size);
        requireProgress(size);
      }
    } finally {
      room.release(held);
    }
  }

  /**
   * Reads and drops what is left, within the same limits. A client that still sends when the
   * connection is closed would see an error instead of the answer.
   */
  void discard() throws IOException, InterruptedException {
    if (pending != null) {
      return;
    }
    InputStream in = exchange.getRequestBody();
    byte[] dropped = new byte[CHUNK];
    try {
      for (int size = 0; size <= MAX_BYTES; ) {
        int read = await(() -> in.read(dropped));
        if (read < 0) {
          return;
        }
        size += read;
        requireProgress(size);
      }
    } catch (Refusal slow) {
      // It has its answer.
    }
  }

  /** Waits for a read, but not for longer than a client may pause. */
  private int await(Callable<Integer> read) throws IOException, InterruptedException {
    pending = threads.submit(read);
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

  private void requireProgress(int size) {
    Duration allowed = TIME_OF_ANY.plus(TIME_OF_LARGEST.multipliedBy(size).dividedBy(MAX_BYTES));
    if (Duration.between(start, Instant.now()).compareTo(allowed) > 0) {
      throw tooSlow();
    }
  }

  private static void requireSize(long size) {
    if (size > MAX_BYTES) {
      throw new Refusal(413, "Images must not exceed %d MB.".formatted(MAX_BYTES >> 20));
    }
  }

  private static Refusal tooSlow() {
    return new Refusal(408, "The request took too long to arrive.");
  }

  /** Closes the connection if the client has not sent everything. */
  @Override
  public void close() {
    if (pending != null) {
      pending.cancel(true); // the interrupt closes the connection
    }
    exchange.close();
  }
}
