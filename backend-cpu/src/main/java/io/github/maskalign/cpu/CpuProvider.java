package io.github.maskalign.cpu;

import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider;
import io.github.maskalign.tensor.memory.HostPool;

/** Offers the {@link CpuBackend} on the Vector API where its module is resolved. */
public final class CpuProvider implements BackendProvider {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  /** For the service loader. */
  public CpuProvider() {}

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int preference() {
    return 10;
  }

  @Override
  public Availability probe() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      return new Availability.Unavailable(
          "the Vector API is off; start Java with --add-modules "
              + VECTOR_MODULE
              + ", 2 to 3 times as fast");
    }
    return new Availability.Available();
  }

  @Override
  public Backend open(BackendOptions options) {
    Workers workers = new Workers(options.threads());
    Kernels kernels = VectorKernels.create(workers, new Scratch());
    return new CpuBackend(new HostPool(options.memoryLimit(), false), workers, kernels);
  }
}
