package io.github.maskalign.cli.compare;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.List;
import java.util.Map;

/**
 * The training speed of a variant, from the log of one epoch.
 *
 * @param epoch seconds per epoch after warm-up
 * @param start further seconds: filling the teacher cache, JIT compilation
 * @since 0.1.0
 */
public record Pace(double epoch, double start) {

  private static final String STEP = "step";
  private static final String SECONDS = "train_s";

  /**
   * The speed of a run of one epoch, from the second half of its log.
   *
   * @param lines of {@link io.github.maskalign.train.log.LogReader}, at least two
   */
  public static Pace of(List<Map<String, Double>> lines) {
    if (lines.size() < 2) {
      throw new ArgumentException(
          ("--seconds: an epoch has only %d logged steps, too few to measure; use more images or a"
                  + " smaller --batch")
              .formatted(lines.size()));
    }
    Map<String, Double> middle = lines.get((lines.size() - 1) / 2);
    Map<String, Double> last = lines.getLast();
    double step = (last.get(SECONDS) - middle.get(SECONDS)) / (last.get(STEP) - middle.get(STEP));
    double epoch = step * last.get(STEP);
    return new Pace(epoch, Math.max(0, last.get(SECONDS) - epoch));
  }

  /** The number of whole epochs in a duration, at least one. */
  public int epochs(double seconds) {
    return (int) Math.clamp(Math.round((seconds - start) / epoch), 1, Integer.MAX_VALUE);
  }
}
