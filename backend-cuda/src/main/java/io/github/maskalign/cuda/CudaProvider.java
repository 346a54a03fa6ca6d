package io.github.maskalign.cuda;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider;
import io.github.maskalign.tensor.DeviceException;

/** Answers for the name cuda until this version has kernels for it: the request gets a reason. */
public final class CudaProvider implements BackendProvider {

  private static final String REASON =
      "this version has no CUDA kernels yet; leave --backend out to run on the CPU";

  /** For the service loader. */
  public CudaProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  /** Below every other: a backend that never opens must not explain itself on each start. */
  @Override
  public int preference() {
    return -1;
  }

  @Override
  public Availability probe() {
    return new Availability.Unavailable(REASON);
  }

  @Override
  public Backend open(BackendOptions options) {
    throw new DeviceException("cuda: " + REASON);
  }
}
