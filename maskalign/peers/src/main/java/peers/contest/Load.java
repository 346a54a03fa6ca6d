package peers.contest;

/**
 * What else the machine did during a measurement.
 *
 * @param others processor time used by other processes, per second and processor
 * @param steal share of the time in which the host ran other machines
 */
public record Load(double others, double steal) {

  /** A quiet machine. */
  public static final Load NONE = new Load(0, 0);

  /**
   * The load between two readings.
   *
   * @param machine what the machine used between them
   * @param own nanoseconds of processor time that the contest itself used
   * @param wall nanoseconds between them
   * @param processors of the machine
   */
  static Load of(ProcStat machine, long own, long wall, int processors) {
    double ownShare = (double) own / Math.max(1, wall) / processors;
    return new Load(Math.max(0, machine.busyShare() - ownShare), machine.stealShare());
  }

  /** The higher of both, figure by figure. */
  public Load max(Load other) {
    return new Load(Math.max(others, other.others), Math.max(steal, other.steal));
  }
}
