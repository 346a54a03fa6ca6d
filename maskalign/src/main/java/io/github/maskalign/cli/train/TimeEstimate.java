package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.ScheduleSettings;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import java.util.Locale;

/**
 * The time that a run will take, printed before its first step. It changes no setting: a run that
 * would take over a day only because nobody said how many epochs it should have is refused.
 *
 * @param seconds of training, without evaluation
 * @param epochs of the run
 */
record TimeEstimate(double seconds, int epochs) {

  private static final double MINUTE = 60;
  private static final double HOUR = 3600;
  private static final double DAY = 24 * HOUR;

  /** Whether an estimate is worth its time: if it is shown, or may lead to a refusal. */
  static boolean wanted(ScheduleSettings given, boolean quiet) {
    return !quiet || given.epochs() == null;
  }

  /**
   * Prints the estimate.
   *
   * @param given the schedule as the user gave it
   * @throws ArgumentException if it exceeds a day and the user has not given the epochs
   */
  void tell(ScheduleSettings given) {
    if (given.epochs() == null && seconds > DAY) {
      int fitting = (int) Math.max(1, DAY / seconds * epochs);
      throw new ArgumentException(
          "%s, the default for this number of images, would take about %s; set the number, such as --epochs %d (about %s)"
              .formatted(
                  Quantity.of(epochs, "epoch"),
                  text(seconds),
                  fitting,
                  text(seconds / epochs * fitting)));
    }
    System.out.printf(
        "Time: about %s for %s, without evaluation%n", text(seconds), Quantity.of(epochs, "epoch"));
  }

  /** Such as {@code 40 s}, {@code 25 min}, {@code 3.5 h} or {@code 12 days}. */
  static String text(double seconds) {
    if (seconds < 2 * MINUTE) {
      return String.format(Locale.ROOT, "%.0f s", Math.max(1, seconds));
    }
    if (seconds < 2 * HOUR) {
      return String.format(Locale.ROOT, "%.0f min", seconds / MINUTE);
    }
    return seconds < 2 * DAY
        ? String.format(Locale.ROOT, "%.1f h", seconds / HOUR)
        : String.format(Locale.ROOT, "%,.0f days", seconds / DAY);
  }
}
