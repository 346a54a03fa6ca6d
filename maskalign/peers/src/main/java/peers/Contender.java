package peers;

/** One side of a contest. */
@FunctionalInterface
interface Contender {

  /** What is timed. */
  void run();

  /** Makes ready for the next run, untimed. */
  default void prepare() {}

  /** Clears up after a run, untimed. */
  default void finish() {}
}
