package io.github.maskalign.tensor.error;

import java.util.Locale;

/**
 * Numbers with their nouns in messages.
 *
 * @since 0.1.0
 */
public final class Quantity {
  private Quantity() {}

  /**
   * Such as {@code 1 class} or {@code 2,000 classes}.
   *
   * @param noun in the singular, with a regular plural; words may precede it
   */
  public static String of(long count, String noun) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? noun : plural(noun));
  }

  /** The ch of an epoch is not that of a batch. */
  private static String plural(String noun) {
    if (noun.matches(".*(s|x|z|[^o]ch|sh)")) {
      return noun + "es";
    }
    return noun.matches(".*[^aeiou]y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
  }
}
