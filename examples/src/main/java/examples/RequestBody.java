package examples;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request. All bodies together hold a bounded number of bytes, each from when it
 * arrives, so that a client that announces much and sends little holds little.
 */
final class RequestBody implements AutoCloseable {

  static final int MAX_BYTES = 16 << 20;

  private static final int CHUNK = 64 << 10;

  /** A client that is slower is given up. */
  private static final long BYTES_PER_SECOND = MAX_BYTES / 60;

  private final HttpExchange exchange;
  private final Semaphore room;
  private final ClientStream client;

  private RequestBody(HttpExchange exchange, Semaphore room, ExecutorService threads) {
    this.exchange = exchange;
    this.room = room;
    this.client = new ClientStream(exchange.getRequestBody(), BYTES_PER_SECOND, threads);
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
    byte[] bytes = new byte[0];
    int size = 0;
    int held = 0;
    try {
      while (true) {
        if (size == bytes.length) {
          int larger = Math.clamp(2L * size, CHUNK, MAX_BYTES + CHUNK);
          int more = larger / CHUNK - held;
          if (!room.tryAcquire(more, Refusal.BUSY_SECONDS, TimeUnit.SECONDS)) {
            throw Refusal.busy();
          }
          held += more;
          bytes = Arrays.copyOf(bytes, larger);
        }
        int read = client.read(bytes, size);
        if (read < 0) {
          return use.of(Arrays.copyOf(bytes, size));
        }
        size += read;
        requireSize(size);
        client.requireSpeed(size);
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
    if (client.isStalled()) {
      return;
    }
    byte[] dropped = new byte[CHUNK];
    try {
      for (int size = 0; size <= MAX_BYTES; ) {
        int read = client.read(dropped, 0);
        if (read < 0) {
          return;
        }
        size += read;
        client.requireSpeed(size);
      }
    } catch (Refusal slow) {
      // It has its answer.
    }
  }

  private static void requireSize(long size) {
    if (size > MAX_BYTES) {
      throw new Refusal(413, "Images must not exceed %d MB.".formatted(MAX_BYTES >> 20));
    }
  }

  /** Closes the connection if the client has not sent everything. */
  @Override
  public void close() {
    client.close();
    exchange.close();
  }
}
