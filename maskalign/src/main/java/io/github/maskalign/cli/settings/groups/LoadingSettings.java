package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.data.DamagePolicy;
import io.github.maskalign.data.LoaderOptions;
import org.jspecify.annotations.Nullable;

/**
 * How pictures are loaded. The number of threads changes no bit of the outcome.
 *
 * @since 0.1.0
 */
public record LoadingSettings(
    @Setting(
            value = "What to do about damaged pictures: fail, skip, or skip:SHARE of the set.",
            standard = "skip:0.01")
        DamagePolicy damaged,
    @Setting(
            value = "Threads that decode and augment; one a core, eight at most, if none.",
            decides = false)
        @Nullable Integer loaderThreads) {

  /** For the loader. */
  public LoaderOptions loading() {
    LoaderOptions standard = LoaderOptions.standard().withDamage(damaged);
    return loaderThreads == null ? standard : standard.withWorkers(loaderThreads);
  }
}
