package io.github.maskalign.cuda;

import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider;
import io.github.maskalign.tensor.DeviceException;

/** Tells whether a GPU can be used here; this version has no operations for it yet. */
public final class CudaProvider implements BackendProvider {

  private static final String UNFINISHED =
      "this version has no CUDA kernels yet; leave --backend out to run on the CPU";

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
  public Availability probe() {
    Availability found = CudaProbe.run(new LibrarySearch());
    return found instanceof Availability.Available
        ? new Availability.Unavailable(UNFINISHED)
        : found;
  }

  @Override
  public Backend open(BackendOptions options) {
    throw new DeviceException("cuda: " + UNFINISHED);
  }
}
