package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.data.DamagePolicy;
import io.github.maskalign.data.LoaderOptions;
import org.jspecify.annotations.Nullable;

/**
 * Image loading. The number of threads does not affect the result.
 *
 * @since 0.1.0
 */
public record LoadingSettings(
    @Setting(
            value =
                "Action on a damaged image: fail, skip (skip:0.01), or skip:FRACTION, which fails"
                    + " if more than this fraction of the data set is damaged; of a small one, "
                    + DamagePolicy.ALWAYS_ALLOWED
                    + " images may be if they are less than half.",
            defaultValue = "skip:0.01",
            formerly = "damaged")
        DamagePolicy onDamaged,
    @Setting(
            value = "Data loader threads, which decode and augment images.",
            defaultText = "one per core, at most 8",
            affectsResult = false,
            formerly = "loader-threads",
            range = "[1, 1024]")
        @Nullable Integer workers) {

  /** The options of the data loader. */
  public LoaderOptions loading() {
    LoaderOptions standard = LoaderOptions.standard().withDamage(onDamaged);
    return workers == null ? standard : standard.withWorkers(workers);
  }
}
