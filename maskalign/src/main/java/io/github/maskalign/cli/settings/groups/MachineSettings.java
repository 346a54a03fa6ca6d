package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import org.jspecify.annotations.Nullable;

/**
 * Backend, precision, device and threads. The device and the number of threads do not affect the
 * result.
 *
 * @since 0.1.0
 */
public record MachineSettings(
    @Setting(value = ComputeOptions.BACKEND, defaultValue = Backends.AUTO) String backend,
    @Setting(value = ComputeOptions.PRECISION, defaultValue = "f32") Precision precision,
    @Setting(
            value = ComputeOptions.DEVICE,
            defaultValue = "0",
            affectsResult = false,
            range = "[0, 1023]")
        int device,
    @Setting(
            value = ComputeOptions.THREADS,
            defaultText = "all cores",
            affectsResult = false,
            range = "[1, 1024]")
        @Nullable Integer threads) {

  /** Opens the backend. */
  public Backends.Choice open() {
    BackendOptions options = BackendOptions.defaults().withPrecision(precision).withDevice(device);
    return Backends.open(backend, threads == null ? options : options.withThreads(threads));
  }
}
