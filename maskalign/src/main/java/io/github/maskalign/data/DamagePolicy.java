package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Locale;

/**
 * Handling of pictures that cannot be read or decoded. It does not affect the other samples.
 *
 * @since 0.1.0
 */
public sealed interface DamagePolicy {

  /** Default maximum share of damaged pictures. */
  double DEFAULT_MAX = 0.01;

  /**
   * Number of damaged pictures that any share but 0 allows if they are less than half of the set,
   * since a share of few is less than one.
   */
  int ALWAYS_ALLOWED = 3;

  /** Loading fails at the first damaged picture. */
  record Fail() implements DamagePolicy {

    @Override
    public String toString() {
      return "fail";
    }
  }

  /**
   * Damaged pictures are reported once and skipped. In training, another sample replaces it, chosen
   * by seed, epoch and sample only, so batches keep their size; in an evaluation pass, the batch is
   * smaller.
   *
   * @param max maximum share of the set that may be damaged; loading fails above it, except for
   *     {@link #ALWAYS_ALLOWED} in a small set
   */
  record Skip(double max) implements DamagePolicy {

    /** Checks the share. */
    public Skip {
      if (!(max >= 0 && max < 1)) {
        throw new ArgumentException(
            "damaged images: share " + max + " to skip; must be from 0 to below 1");
      }
    }

    /** Number of pictures that may be damaged in a set of this size. */
    int allowed(int size) {
      int few = Math.min(ALWAYS_ALLOWED, (size - 1) / 2);
      return max == 0 ? 0 : Math.max(few, (int) (max * size));
    }

    @Override
    public String toString() {
      return "skip:" + max;
    }
  }

  /** Skips up to 1 % of a set, and in small sets up to {@link #ALWAYS_ALLOWED} pictures. */
  static DamagePolicy standard() {
    return new Skip(DEFAULT_MAX);
  }

  /**
   * Reads {@code fail}, {@code skip} or {@code skip:SHARE}.
   *
   * @throws ArgumentException if it is none of them
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

  private static ArgumentException unknown(String word) {
    return new ArgumentException(
        "damaged images: '" + word + "' is not known; use fail, skip or skip:SHARE");
  }
}
