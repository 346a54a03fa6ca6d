package io.github.maskalign.cpu;

import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.testing.AttentionContract;
import io.github.maskalign.tensor.testing.BackendFactory;
import io.github.maskalign.tensor.testing.FusedContract;
import io.github.maskalign.tensor.testing.LayoutContract;
import io.github.maskalign.tensor.testing.MatmulContract;
import io.github.maskalign.tensor.testing.MemoryContract;
import io.github.maskalign.tensor.testing.MutationContract;
import io.github.maskalign.tensor.testing.PrimitivesContract;
import net.jqwik.api.Group;
import net.jqwik.api.Tag;

/** The CPU backend keeps the contract of all backends. */
@Tag("vector")
class CpuContractTest {

  interface Cpu extends BackendFactory {
    @Override
    default Backend open(int threads, HostPool pool) {
      Workers workers = new Workers(threads);
      return new CpuBackend(pool, workers, VectorKernels.create(workers, new Scratch()));
    }
  }

  @Group
  class Primitives extends PrimitivesContract implements Cpu {}

  @Group
  class Matmul extends MatmulContract implements Cpu {}

  @Group
  class Fused extends FusedContract implements Cpu {}

  @Group
  class Attention extends AttentionContract implements Cpu {}

  @Group
  class Layout extends LayoutContract implements Cpu {}

  @Group
  class Mutation extends MutationContract implements Cpu {}

  @Group
  class Memory extends MemoryContract implements Cpu {}
}
