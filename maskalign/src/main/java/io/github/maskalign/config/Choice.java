package io.github.maskalign.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One value of an option: the word that names it on a command line, and what it means.
 *
 * @since 0.1.0
 */
public interface Choice {

  /** The words that name this value; the first is the one that is printed. */
  List<String> words();

  /** What it means, in one line. */
  String description();

  /** The word that is printed. */
  default String word() {
    return words().getFirst();
  }

  /**
   * The value of an option that a word names. Case does not matter, and {@code -} is as good as
   * {@code _}.
   *
   * @throws IllegalArgumentException if no value has that name; the message lists those there are
   */
  static <E extends Enum<E> & Choice> E parse(String option, Class<E> values, String word) {
    String wanted = plain(word);
    for (E value : values.getEnumConstants()) {
      if (value.words().stream().map(Choice::plain).anyMatch(wanted::equals)) {
        return value;
      }
    }
    String known =
        Arrays.stream(values.getEnumConstants())
            .map(Choice::word)
            .collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        option + ": '" + word + "' is not known; choose one of " + known);
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }
}
