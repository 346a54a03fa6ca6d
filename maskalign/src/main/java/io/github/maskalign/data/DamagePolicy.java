package io.github.maskalign.data;

import java.util.Locale;

/**
 * What a {@link DataLoader} does about pictures that cannot be read or decoded. Whichever it is, no
 * other sample changes.
 *
 * @since 0.1.0
 */
public sealed interface DamagePolicy {

  /** The share of a set that may be damaged, unless said otherwise. */
  double DEFAULT_MAX = 0.01;

  /** Loading ends at the first. */
  record Fail() implements DamagePolicy {

    @Override
    public String toString() {
      return "fail";
    }
  }

  /**
   * Each is reported once and does not count. In training another sample takes its place, chosen by
   * seed, epoch and sample alone, so batches keep their size; in one pass for evaluation its batch
   * is smaller.
   *
   * @param max share of the set that may be damaged; loading ends when more are met
   */
  record Skip(double max) implements DamagePolicy {

    /** Refuses what is no share. */
    public Skip {
      if (!(max >= 0 && max < 1)) {
        throw new IllegalArgumentException(
            "damaged pictures: share " + max + " to skip; must be from 0 to below 1");
      }
    }

    @Override
    public String toString() {
      return "skip:" + max;
    }
  }

  /** Skips up to 1 % of a set. */
  static DamagePolicy standard() {
    return new Skip(DEFAULT_MAX);
  }

  /**
   * Reads {@code fail}, {@code skip} or {@code skip:SHARE}.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  static DamagePolicy parse(String word) {
    String[] parts = word.toLowerCase(Locale.ROOT).split(":", 2);
    if (word.equalsIgnoreCase("fail")) {
      return new Fail();
    }
    if (parts[0].equals("skip")) {
      return parts.length == 1 ? standard() : new Skip(share(word, parts[1]));
    }
    throw unknown(word);
  }

  private static double share(String word, String number) {
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException e) {
      throw unknown(word);
    }
  }

  private static IllegalArgumentException unknown(String word) {
    return new IllegalArgumentException(
        "damaged pictures: '" + word + "' is not known; give fail, skip or skip:SHARE");
  }
}
