package io.github.maskalign.cpu;

import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.plain.PlainKernels;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider;
import io.github.maskalign.tensor.memory.HostPool;

/** Offers the {@link CpuBackend} with kernels in plain Java, which work everywhere. */
public final class PlainProvider implements BackendProvider {

  /** For the service loader. */
  public PlainProvider() {}

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public int preference() {
    return 5;
  }

  @Override
  public Availability probe() {
    return new Availability.Available();
  }

  @Override
  public Backend open(BackendOptions options) {
    Workers workers = new Workers(options.threads());
    Kernels kernels = PlainKernels.create(workers, new Scratch());
    return new CpuBackend(new HostPool(options.memoryLimit(), false), workers, kernels);
  }
}
