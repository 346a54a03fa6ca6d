package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * Initial weights and pooling of a classifier.
 *
 * @since 0.1.0
 */
public record WeightSettings(
    @Setting(value = "Initial weights: " + ModelPath.KINDS + ".", defaultText = "random")
        @Nullable ModelPath weights,
    @Setting(
            value =
                "Input of the classifier's head: the mean of the patch tokens, followed by its own"
                    + " norm, or the class token",
            defaultText = "mean",
            fromData = true)
        @Nullable Pool pool) {

  /** Input of a classifier's head. */
  public enum Pool {
    /** The mean of the patch tokens, followed by a separate norm. */
    MEAN,
    /** The class token after the final norm. */
    CLS
  }

  /**
   * Completes the pooling.
   *
   * @param usual where the user gives none
   */
  WeightSettings completed(Pool usual) {
    return new WeightSettings(weights, pool == null ? usual : pool);
  }
}
