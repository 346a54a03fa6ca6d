package io.github.maskalign.cpu;

import io.github.maskalign.cpu.bf16.JavaBf16Kernel;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.testing.AttentionContract;
import io.github.maskalign.tensor.testing.BackendFactory;
import io.github.maskalign.tensor.testing.FusedContract;
import io.github.maskalign.tensor.testing.MatmulContract;
import io.github.maskalign.tensor.testing.MemoryContract;
import net.jqwik.api.Group;
import net.jqwik.api.Tag;

/** With factors of BF16, the CPU backend keeps the contract of all backends. */
@Tag("once")
class Bf16ContractTest {

  /** Half the distance from 1 to the next BF16. */
  private static final double HALF_UNIT = 0x1p-8;

  interface Bf16 extends BackendFactory {
    @Override
    default Backend open(int threads, HostPool pool) {
      Workers workers = new Workers(threads);
      Scratch scratch = new Scratch();
      Kernels kernels = VectorKernels.create(workers, scratch);
      return new CpuBackend(
          pool,
          workers,
          VectorKernels.withBf16(kernels, workers, scratch, new JavaBf16Kernel(), "BF16", 0));
    }

    @Override
    default double factorError() {
      return HALF_UNIT;
    }
  }

  @Group
  class Matmul extends MatmulContract implements Bf16 {}

  @Group
  class Fused extends FusedContract implements Bf16 {}

  @Group
  class Attention extends AttentionContract implements Bf16 {}

  @Group
  class Memory extends MemoryContract implements Bf16 {}
}
