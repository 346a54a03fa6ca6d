package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.DType;

/** Chosen tokens of each image, and the way back: {@code gather.cu}. */
final class GatherKernel {

  private static final String FILE = "gather.cu";
  private static final int THREADS = 256;

  private final Gpu gpu;
  private final TokenIds tokenIds;

  GatherKernel(Gpu gpu, TokenIds tokenIds) {
    this.gpu = gpu;
    this.tokenIds = tokenIds;
  }

  /** out[b, k] = x[b, ids[b, k]], out dense. */
  void forward(DeviceView x, DeviceView ids, DeviceView out) {
    gpu.kernels()
        .get(FILE, "gatherTokens", Operands.real(x.dtype()))
        .launch(
            gpu.compute(),
            ElementwiseKernel.grid(out.size()),
            x.address(),
            x.stride(0),
            x.stride(1),
            x.stride(2),
            x.dim(1),
            ids.address(),
            ids.dtype() == DType.I64 ? 1 : 0,
            ids.stride(0),
            ids.stride(1),
            out.address(),
            out.dim(1),
            out.dim(2),
            out.size(),
            tokenIds.note());
  }

  /** out[b, t] = the sum of g[b, k] over the k with ids[b, k] = t, out dense. */
  void backward(DeviceView g, DeviceView ids, DeviceView out) {
    int kept = ids.dim(1);
    gpu.kernels()
        .get(FILE, "scatterTokens", Operands.real(g.dtype()))
        .launch(
            gpu.compute(),
            Grid.of((long) out.dim(0) * out.dim(1), THREADS)
                .withShared(Math.ceilDiv(kept, Integer.SIZE) * Integer.BYTES),
            g.address(),
            g.stride(0),
            g.stride(1),
            g.stride(2),
            ids.address(),
            ids.dtype() == DType.I64 ? 1 : 0,
            ids.stride(0),
            ids.stride(1),
            out.address(),
            out.dim(1),
            kept,
            out.dim(2),
            tokenIds.note());
  }
}
