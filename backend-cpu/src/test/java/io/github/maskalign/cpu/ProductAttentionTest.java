package io.github.maskalign.cpu;

import io.github.maskalign.cpu.kernel.AttentionKernel;
import io.github.maskalign.cpu.kernel.FloatProductAttention;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.testing.AttentionContract;
import io.github.maskalign.tensor.testing.BackendFactory;
import net.jqwik.api.Group;
import net.jqwik.api.Tag;

/** Attention by products of F32 keeps the contract of all backends. */
@Tag("once")
class ProductAttentionTest {

  interface ByProducts extends BackendFactory {
    @Override
    default Backend open(int threads, HostPool pool) {
      Workers workers = new Workers(threads);
      Scratch scratch = new Scratch();
      Kernels all = VectorKernels.create(workers, scratch);
      AttentionKernel attention = new FloatProductAttention(workers, scratch, all);
      return new CpuBackend(
          pool,
          workers,
          all.with("products", "products", () -> 1, all.products(), null, attention));
    }
  }

  @Group
  class Attention extends AttentionContract implements ByProducts {}
}
