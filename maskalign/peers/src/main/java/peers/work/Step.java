package peers.work;

import peers.contest.Contender;

/** Work that runs repeatedly. */
public interface Step extends Contender, AutoCloseable {

  /** A number that the last run computed, as a proof of work. */
  double result();

  @Override
  void close();
}
