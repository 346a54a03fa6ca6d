package peers.contest;

import java.util.Arrays;

/**
 * Processor time of the whole machine since it started, in clock ticks of all processors: the first
 * line of {@code /proc/stat}.
 *
 * @param busy user, nice, system and interrupts; guests are part of user
 * @param idle idle, and waiting for input or output
 * @param steal time in which the host ran other machines
 */
record ProcStat(long busy, long idle, long steal) {

  private static final int FIELDS = 8;

  /**
   * Reads the text of {@code /proc/stat}.
   *
   * @throws IllegalArgumentException if it does not start with the line of all processors
   */
  static ProcStat parse(String text) {
    String line = text.lines().findFirst().orElse("");
    String[] words = line.strip().split("\\s+");
    if (!words[0].equals("cpu") || words.length <= FIELDS) {
      throw new IllegalArgumentException(
          "/proc/stat: expected 'cpu' and %d numbers, found '%s'".formatted(FIELDS, line));
    }
    long[] ticks = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
    long busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
    return new ProcStat(busy, ticks[3] + ticks[4], ticks[7]);
  }

  /** What was used after an earlier reading. */
  ProcStat since(ProcStat earlier) {
    return new ProcStat(busy - earlier.busy, idle - earlier.idle, steal - earlier.steal);
  }

  private long total() {
    return busy + idle + steal;
  }

  /** Share of all processors that was busy; 0 if no tick has passed. */
  double busyShare() {
    return total() == 0 ? 0 : (double) busy / total();
  }

  /** Share of all processors that the host gave to others; 0 if no tick has passed. */
  double stealShare() {
    return total() == 0 ? 0 : (double) steal / total();
  }
}
