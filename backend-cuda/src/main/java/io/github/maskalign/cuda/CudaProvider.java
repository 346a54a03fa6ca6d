package io.github.maskalign.cuda;

import io.github.maskalign.cuda.CudaProbe.Outcome;
import io.github.maskalign.cuda.driver.Driver;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.EnumSet;
import java.util.Set;

/** Provides the CUDA backend. */
public final class CudaProvider implements BackendProvider {

  /** Used by the service loader. */
  public CudaProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int preference() {
    return 20;
  }

  @Override
  public Set<Precision> precisions() {
    return EnumSet.allOf(Precision.class);
  }

  @Override
  public Availability probe() {
    return probe(BackendOptions.defaults());
  }

  @Override
  public Availability probe(BackendOptions options) {
    return switch (CudaProbe.run(options.device())) {
      case Outcome.Usable _ -> new Availability.Available();
      case Outcome.Obstacle obstacle -> obstacle.unavailable();
    };
  }

  @Override
  public Backend open(BackendOptions options) {
    return switch (CudaProbe.run(options.device())) {
      case Outcome.Usable(var binding, int ordinal) ->
          new CudaBackend(
              Gpu.open(new Driver(binding).open(ordinal), options.memoryLimit()),
              options.precision());
      case Outcome.Obstacle(String reason, _) -> throw new DeviceException("cuda: " + reason);
    };
  }
}
