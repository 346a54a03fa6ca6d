package io.github.maskalign.cpu;

import io.github.maskalign.cpu.plain.PlainKernels;
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

/** The plain tier keeps the contract of all backends, in a JVM without the Vector API. */
@Tag("plain")
class PlainContractTest {

  interface Plain extends BackendFactory {
    @Override
    default Backend open(int threads, HostPool pool) {
      Workers workers = new Workers(threads);
      return new CpuBackend(pool, workers, PlainKernels.create(workers, new Scratch()));
    }
  }

  @Group
  class Primitives extends PrimitivesContract implements Plain {}

  @Group
  class Matmul extends MatmulContract implements Plain {}

  @Group
  class Fused extends FusedContract implements Plain {}

  @Group
  class Attention extends AttentionContract implements Plain {}

  @Group
  class Layout extends LayoutContract implements Plain {}

  @Group
  class Mutation extends MutationContract implements Plain {}

  @Group
  class Memory extends MemoryContract implements Plain {}
}
