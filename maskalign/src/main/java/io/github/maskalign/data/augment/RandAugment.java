package io.github.maskalign.data.augment;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RandAugment (Cubuk et al., arXiv 1909.13719) as in timm: operations in sequence, each chosen from
 * all {@link AugmentOp}s, skipped with probability 1/2, with a random magnitude.
 *
 * @param operations number of operations
 * @param magnitude mean, 0 to 10
 * @param deviation of the magnitude, which stays within 0 to 10
 * @since 0.1.0
 */
public record RandAugment(int operations, double magnitude, double deviation) {

  private static final Pattern WORDS =
      Pattern.compile("rand-m(\\d+(?:\\.\\d+)?)(?:-n(\\d+))?(?:-mstd(\\d+(?:\\.\\d+)?))?-inc1");

  // Positions in an operation's stream; a choice and a normal draw take two each.
  private static final int CHOICE = 0;
  private static final int SKIP = 2;
  private static final int SIGN = 3;
  private static final int MAGNITUDE = 4;

  /** Checks the values. */
  public RandAugment {
    if (operations < 1) {
      throw new ArgumentException("RandAugment of %d operations".formatted(operations));
    }
    if (!(magnitude >= 0 && magnitude <= AugmentOp.MAX) || !(deviation >= 0)) {
      throw new ArgumentException(
          "RandAugment of magnitude %s and deviation %s: must be 0 to 10, and not negative"
              .formatted(magnitude, deviation));
    }
  }

  /** The official fine-tuning's, {@code rand-m9-mstd0.5-inc1}. */
  public static RandAugment official() {
    return new RandAugment(2, 9, 0.5);
  }

  /**
   * Reads timm's notation, such as {@code rand-m9-n2-mstd0.5-inc1}; n defaults to 2 and mstd to 0.
   *
   * @throws ArgumentException if it is not such a string, or lacks {@code inc1}
   */
  public static RandAugment parse(String words) {
    Matcher matcher = WORDS.matcher(words);
    if (!matcher.matches()) {
      throw new ArgumentException(
          "augmentation '%s': expected a form such as rand-m9-mstd0.5-inc1 or rand-m5-n3-inc1"
              .formatted(words));
    }
    return new RandAugment(
        matcher.group(2) == null ? 2 : Integer.parseInt(matcher.group(2)),
        Double.parseDouble(matcher.group(1)),
        matcher.group(3) == null ? 0 : Double.parseDouble(matcher.group(3)));
  }

  /** The channel means as 8-bit values, used for pixels from outside the picture. */
  public static int[] fill(ChannelStats stats) {
    int[] fill = new int[stats.channels()];
    for (int c = 0; c < fill.length; c++) {
      fill[c] = Math.clamp((int) Math.rint(255 * (double) stats.mean()[c]), 0, 255);
    }
    return fill;
  }

  /**
   * Applies it to a gray or color picture; {@code draws} is a stream for this purpose and sample
   * only.
   */
  public Picture apply(Picture picture, int[] fill, Philox draws) {
    Picture altered = picture;
    for (int i = 0; i < operations; i++) {
      Philox stream = draws.at(i);
      if (stream.uniform(SKIP) < 0.5f) {
        AugmentOp op = AugmentOp.values()[stream.below(CHOICE, AugmentOp.values().length)];
        double sampled = magnitude + deviation * stream.normal(MAGNITUDE);
        double clamped = Math.clamp(sampled, 0, AugmentOp.MAX);
        double argument = op.argument(clamped, stream.uniform(SIGN) >= 0.5f);
        altered = op.apply(altered, argument, fill);
      }
    }
    return altered;
  }

  /** In timm's notation. */
  @Override
  public String toString() {
    return "rand-m%s-n%d-mstd%s-inc1".formatted(magnitude, operations, deviation);
  }
}
