package examples;

/** A request that is answered with an HTTP error and a message for the user. */
final class Refusal extends RuntimeException {

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
