package io.github.maskalign.cuda;

import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider;
import io.github.maskalign.tensor.Precision;
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
    return CudaProbe.run(new LibrarySearch());
  }

  @Override
  public Backend open(BackendOptions options) {
    return new CudaBackend(Gpu.open(options.memoryLimit()), options.precision());
  }
}
