package examples;

/** A request that is answered with an HTTP error and a message for the user. */
final class Refusal extends RuntimeException {

  /** Time that a request waits for room, and after which a client may try again. */
  static final int BUSY_SECONDS = 10;

  private static final long serialVersionUID = 1L;

  private final int status;

  Refusal(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The server has no room for the request now. */
  static Refusal busy() {
    return new Refusal(503, "Too many concurrent requests; try again.");
  }

  int status() {
    return status;
  }
}
