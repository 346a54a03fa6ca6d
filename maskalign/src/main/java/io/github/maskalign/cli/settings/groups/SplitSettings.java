package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.Subsets;
import io.github.maskalign.tensor.error.ArgumentException;
import org.jspecify.annotations.Nullable;

/**
 * The part of a labeled data set that is held out to evaluate on.
 *
 * @since 0.1.0
 */
public record SplitSettings(
    @Setting(
            value =
                "Fraction of the images of each class of --data that is held out to evaluate on, in"
                    + " place of --eval-data.",
            defaultText = "none",
            range = "(0, 1)")
        @Nullable Double split,
    @Setting(
            value = "Seed of --split; the same seed holds out the same images in every command.",
            defaultValue = "0")
        long splitSeed) {

  /** Suggests the split where an evaluation set is missing. */
  public static final String SUGGESTION = ", or hold out a part of --data with --split 0.2";

  /** Whether a part is held out. */
  public boolean wanted() {
    return split != null;
  }

  /** Requires an evaluation set or a held-out part. */
  public void requireAny(@Nullable String evalData) {
    if (!wanted() && evalData == null) {
      throw new ArgumentException(
          "missing --eval-data: labeled images to evaluate on" + SUGGESTION);
    }
  }

  /** Rejects an evaluation set besides the held-out part. */
  public void requireOnly(@Nullable String evalData) {
    if (wanted() && evalData != null) {
      throw new ArgumentException(
          "--split: holds out a part of --data to evaluate on, so --eval-data has no use");
    }
  }

  /**
   * Splits a data set.
   *
   * @return the held-out images as {@code chosen}, and the rest
   * @throws ArgumentException if nothing can be held out
   */
  public Subsets.Split of(Dataset labeled) {
    if (split == null) {
      throw new IllegalStateException("no part is held out");
    }
    Subsets.Split parts = Subsets.holdOut(labeled, split, splitSeed);
    if (parts.chosen().size() == 0) {
      throw new ArgumentException(
          "--split %s: no class of --data has two images, so none can be held out"
              .formatted(split));
    }
    return parts;
  }
}
