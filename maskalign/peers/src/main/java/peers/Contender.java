package peers;

/** One of the two implementations that a contest compares. */
@FunctionalInterface
interface Contender {

  /** The timed work. */
  void run();

  /** Prepares the next run, untimed. */
  default void prepare() {}

  /** Cleans up after a run, untimed. */
  default void finish() {}
}
