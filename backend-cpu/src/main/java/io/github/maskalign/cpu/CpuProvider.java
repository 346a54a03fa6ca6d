package io.github.maskalign.cpu;

import io.github.maskalign.cpu.bf16.Bf16Ladder;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.memory.HostPool;
import java.util.Set;

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
  public Set<Precision> precisions() {
    return Set.of(Precision.F32, Precision.BF16);
  }

  @Override
  public Availability probe() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      String reason =
          "the Vector API is off; start Java with --add-modules "
              + VECTOR_MODULE
              + ", 2 to 3 times as fast";
      return new Availability.Unavailable(reason, reason, true);
    }
    return new Availability.Available();
  }

  @Override
  public Backend open(BackendOptions options) {
    Bf16Ladder.Choice bf16 = options.precision() == Precision.BF16 ? Bf16Ladder.choose() : null;
    Workers workers = new Workers(options.threads());
    Scratch scratch = new Scratch();
    Kernels kernels = VectorKernels.create(workers, scratch);
    if (bf16 != null) {
      String products = bf16.explanation();
      kernels = VectorKernels.withBf16(kernels, workers, scratch, bf16.kernel(), products);
    }
    return new CpuBackend(new HostPool(options.memoryLimit(), false), workers, kernels);
  }
}
