package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a network starts from.
 *
 * @since 0.1.0
 */
public record WeightSettings(
    @Setting("Pre-trained weights, or the folder of a run; random ones if none.")
        @Nullable Path weights,
    @Setting(
            value = "What the head sees: mean (of the patches, a norm of its own) or cls.",
            standard = "mean")
        Pool pool) {

  /** What a head sees. */
  public enum Pool {
    /** The mean of the patches, then a norm of its own. */
    MEAN,
    /** The class token after the final norm. */
    CLS
  }
}
