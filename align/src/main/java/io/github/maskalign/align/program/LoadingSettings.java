package io.github.maskalign.align.program;

import io.github.maskalign.align.data.DamagePolicy;
import io.github.maskalign.align.data.Loading;
import io.github.maskalign.align.settings.Setting;
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
  Loading loading() {
    Loading standard = Loading.standard().withDamage(damaged);
    return loaderThreads == null ? standard : standard.withWorkers(loaderThreads);
  }
}
