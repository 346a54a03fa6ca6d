package io.github.maskalign.train.log;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Log keys of the entries of the mixing matrix W: {@code mix_TEACHER_STUDENT}.
 *
 * @since 0.1.0
 */
public final class MixKeys {

  /** The name of W among the parameters. */
  public static final String PARAMETER = "distill_weights";

  private static final Pattern KEY = Pattern.compile("mix_(\\d{1,3})_(\\d{1,3})");

  private MixKeys() {}

  /**
   * A position in the matrix.
   *
   * @param teacher the level that is aligned with, counted from 0
   * @param student the level that is mixed into it, counted from 0
   */
  public record Place(int teacher, int student) {

    /** Its key in the log. */
    public String key() {
      return "mix_" + teacher + "_" + student;
    }
  }

  /**
   * The entries of some rows of W, by key; empty without a mixing matrix.
   *
   * @param levels of the teacher
   */
  public static Map<String, Double> entries(Parameters parameters, List<Integer> levels) {
    Parameter weights = parameters.get(PARAMETER);
    if (weights == null) {
      return Map.of();
    }
    int students = weights.value().dim(1);
    float[] values = weights.value().toFloats();
    Map<String, Double> entries = new LinkedHashMap<>();
    for (int level : levels) {
      for (int student = 0; student < students; student++) {
        float value = values[level * students + student];
        // By its decimal digits, so that 0.1f is written as 0.1.
        entries.put(new Place(level, student).key(), Double.valueOf(Float.toString(value)));
      }
    }
    return entries;
  }

  /** The position that a key names; empty for other keys. */
  public static Optional<Place> parse(String key) {
    Matcher matcher = KEY.matcher(key);
    return matcher.matches()
        ? Optional.of(
            new Place(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }
}
