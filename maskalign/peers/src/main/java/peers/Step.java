package peers;

/** Work that is done again and again. */
interface Step extends Contender, AutoCloseable {

  /** A number that the last run computed, which shows that it did the work. */
  double result();

  @Override
  void close();
}
