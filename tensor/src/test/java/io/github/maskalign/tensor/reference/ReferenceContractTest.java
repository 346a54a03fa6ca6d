package io.github.maskalign.tensor.reference;

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

/** Runs the contract suites on the reference backend. */
class ReferenceContractTest {

  /** Opens the reference backend. */
  interface Reference extends BackendFactory {
    @Override
    default Backend open(int threads, HostPool pool) {
      return new ReferenceBackend(pool);
    }
  }

  @Group
  class Primitives extends PrimitivesContract implements Reference {}

  @Group
  class Matmul extends MatmulContract implements Reference {}

  @Group
  class Fused extends FusedContract implements Reference {}

  @Group
  class Attention extends AttentionContract implements Reference {}

  @Group
  class Layout extends LayoutContract implements Reference {}

  @Group
  class Mutation extends MutationContract implements Reference {}

  @Group
  class Memory extends MemoryContract implements Reference {}
}
