package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import org.jspecify.annotations.Nullable;

/**
 * What to compute on. The number of threads changes no bit of the outcome.
 *
 * @since 0.1.0
 */
public record MachineSettings(
    @Setting(value = "auto, cpu, cuda or reference.", standard = Backends.AUTO) String backend,
    @Setting(value = "Of products and attention.", standard = "f32") Precision precision,
    @Setting(value = "Worker threads; all cores if none.", decides = false)
        @Nullable Integer threads) {

  /** Opens the backend. */
  public Backends.Choice open() {
    BackendOptions options = BackendOptions.defaults().withPrecision(precision);
    return Backends.open(
        backend,
        options.withThreads(
            threads == null ? Runtime.getRuntime().availableProcessors() : threads));
  }
}
