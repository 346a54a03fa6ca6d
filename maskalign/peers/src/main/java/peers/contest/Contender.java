package peers.contest;

/** Work of this process that a contest times. */
@FunctionalInterface
public interface Contender {

  /** The timed work. */
  void run();

  /** Prepares the next run, untimed. */
  default void prepare() {}

  /** Cleans up after a run, untimed. */
  default void finish() {}
}
