package io.github.maskalign.align.train;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a log names the entries of the mixing matrix W: {@code mix_TEACHER_STUDENT}. */
public final class MixKeys {

  private static final Pattern KEY = Pattern.compile("mix_(\\d{1,3})_(\\d{1,3})");

  private MixKeys() {}

  /**
   * A place in the matrix.
   *
   * @param teacher the level that is aligned with, counted from 0
   * @param student the level that is mixed into it, counted from 0
   */
  public record Place(int teacher, int student) {

    /** Its name in the log. */
    public String key() {
      return "mix_" + teacher + "_" + student;
    }
  }

  /** The place that a key names; empty if it names something else. */
  public static Optional<Place> parse(String key) {
    Matcher matcher = KEY.matcher(key);
    return matcher.matches()
        ? Optional.of(
            new Place(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }
}
