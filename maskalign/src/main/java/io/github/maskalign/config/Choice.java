package io.github.maskalign.config;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A named value of an option: its word on a command line and its description.
 *
 * @since 0.1.0
 */
public interface Choice {

  /** The words that name this value; the first one is printed. */
  List<String> words();

  /** Description, in one line. */
  String description();

  /** The word that is printed. */
  default String word() {
    return words().getFirst();
  }

  /**
   * Finds the value of an option by its word, ignoring case; {@code -} and {@code _} are
   * equivalent.
   *
   * @throws ArgumentException if no value has that name; the message lists the known ones
   */
  static <E extends Enum<E> & Choice> E parse(String option, Class<E> values, String word) {
    String normalized = plain(word);
    for (E value : values.getEnumConstants()) {
      if (value.words().stream().map(Choice::plain).anyMatch(normalized::equals)) {
        return value;
      }
    }
    String known =
        Arrays.stream(values.getEnumConstants())
            .map(Choice::word)
            .collect(Collectors.joining(", "));
    throw new ArgumentException(option + ": '" + word + "' is not known; choose one of " + known);
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }
}
