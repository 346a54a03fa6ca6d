package peers.contest;

/**
 * Duration of one call.
 *
 * @param wall nanoseconds on the wall clock
 * @param cpu nanoseconds of processor time of all threads of the process that did the work
 */
public record Sample(double wall, double cpu) {}
