package io.github.maskalign.cli.compare;

import java.util.List;
import java.util.Map;

/**
 * How fast a variant trains, from the log of its first epoch.
 *
 * @param epoch seconds of an epoch once it is warm
 * @param start seconds that it takes besides: a teacher's cache, and what Java compiles
 * @since 0.1.0
 */
public record Pace(double epoch, double start) {

  private static final String STEP = "step";
  private static final String SECONDS = "train_s";

  /**
   * The pace of a run of one epoch, by the second half of its log.
   *
   * @param lines of {@link io.github.maskalign.train.log.LogReader}, two at least
   */
  public static Pace of(List<Map<String, Double>> lines) {
    if (lines.size() < 2) {
      throw new IllegalArgumentException(
          "pace: an epoch with " + lines.size() + " logged steps is too short to be timed");
    }
    Map<String, Double> middle = lines.get((lines.size() - 1) / 2);
    Map<String, Double> last = lines.getLast();
    double step = (last.get(SECONDS) - middle.get(SECONDS)) / (last.get(STEP) - middle.get(STEP));
    double epoch = step * last.get(STEP);
    return new Pace(epoch, Math.max(0, last.get(SECONDS) - epoch));
  }

  /** Whole epochs that take about so many seconds, one at least. */
  public int epochs(double seconds) {
    return (int) Math.clamp(Math.round((seconds - start) / epoch), 1, Integer.MAX_VALUE);
  }
}
