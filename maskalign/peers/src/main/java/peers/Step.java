package peers;

/** Work that runs repeatedly. */
interface Step extends Contender, AutoCloseable {

  /** A number that the last run computed, as a proof of work. */
  double result();

  @Override
  void close();
}
