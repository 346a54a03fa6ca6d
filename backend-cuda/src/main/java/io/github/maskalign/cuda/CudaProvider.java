package io.github.maskalign.cuda;

import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider;
import io.github.maskalign.tensor.Precision;
import java.util.EnumSet;
import java.util.Set;

/** Offers the backend where the driver, a device and CUDA's libraries are found. */
public final class CudaProvider implements BackendProvider {

  /** For the service loader. */
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
    return CudaProbe.run(new LibrarySearch());
  }

  @Override
  public Backend open(BackendOptions options) {
    return new CudaBackend(Gpu.open(options.memoryLimit()), options.precision());
  }
}
