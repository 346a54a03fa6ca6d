package io.github.maskalign.cuda;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.testing.AttentionContract;
import io.github.maskalign.tensor.testing.BackendFactory;
import io.github.maskalign.tensor.testing.FusedContract;
import io.github.maskalign.tensor.testing.LayoutContract;
import io.github.maskalign.tensor.testing.MatmulContract;
import io.github.maskalign.tensor.testing.MutationContract;
import io.github.maskalign.tensor.testing.PrimitivesContract;
import java.util.Optional;
import net.jqwik.api.Group;

/**
 * The contract of all backends, and a direct comparison with the CPU backend. The contract's one
 * and two host threads select the two orders of a block's threads, which must give the same bits.
 */
class CudaContractTest {

  /** Half the distance from 1 to the next BF16. */
  private static final double HALF_UNIT = 0x1p-8;

  interface Cuda extends BackendFactory {
    @Override
    default Backend open(int threads, HostPool pool) {
      return SharedDevice.open(Precision.F32, threads == 2);
    }

    @Override
    default Optional<Backend> openPeer() {
      return Optional.of(Gpus.openCpu());
    }
  }

  /** With factors of BF16, which the same tests compare with operations one by one. */
  interface Rounded extends BackendFactory {
    @Override
    default Backend open(int threads, HostPool pool) {
      return SharedDevice.open(Precision.BF16, threads == 2);
    }

    @Override
    default double factorError() {
      return HALF_UNIT;
    }
  }

  @Group
  class RoundedMatmul extends MatmulContract implements Rounded {}

  @Group
  class Primitives extends PrimitivesContract implements Cuda {}

  @Group
  class Matmul extends MatmulContract implements Cuda {}

  @Group
  class Fused extends FusedContract implements Cuda {}

  @Group
  class Attention extends AttentionContract implements Cuda {}

  @Group
  class Layout extends LayoutContract implements Cuda {}

  @Group
  class Mutation extends MutationContract implements Cuda {}
}
