package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;

/** Gathers tokens of each image, and scatters them back: {@code gather.cu}. */
public final class GatherKernel {

  private static final String FILE = "gather.cu";
  private static final int THREADS = 256;

  /** Ids of an image up to which there is a block for each of its tokens. */
  private static final int MAX_SHORT = 1_024;

  /** Ids of which shared memory has a bit each: 8 KiB, so that blocks do not wait for it. */
  private static final int MAX_CHUNK = 1 << 16;

  private static final int MAX_ROWS = 32;

  /** Blocks that occupy any device, so that more of them need not each read all ids. */
  private static final int ENOUGH_BLOCKS = 1_024;

  private final Gpu gpu;
  private final TokenIdCheck check;

  /**
   * The kernels of one device.
   *
   * @param check receives invalid token ids
   */
  public GatherKernel(Gpu gpu, TokenIdCheck check) {
    this.gpu = gpu;
    this.check = check;
  }

  /** out[b, k] = x[b, ids[b, k]]; out is contiguous. */
  public void gatherTokens(DeviceView x, DeviceView ids, DeviceView out) {
    kernel("gatherTokens", x, ids)
        .launch(
            gpu.compute(),
            ElementwiseKernel.grid(out.size()),
            x.address(),
            x.stride(0),
            x.stride(1),
            x.stride(2),
            x.dim(1),
            ids.address(),
            ids.stride(0),
            ids.stride(1),
            out.address(),
            out.dim(1),
            out.dim(2),
            out.size(),
            check.record());
  }

  /** out[b, t] = the sum of g[b, k] over the k with ids[b, k] = t; out is contiguous. */
  public void scatterTokens(DeviceView g, DeviceView ids, DeviceView out) {
    if (ids.dim(1) > MAX_SHORT) {
      scatterTokenRows(g, ids, out);
      return;
    }
    kernel("scatterTokens", g, ids)
        .launch(
            gpu.compute(),
            Grid.of((long) out.dim(0) * out.dim(1), THREADS).withShared(bits(ids.dim(1))),
            g.address(),
            g.stride(0),
            g.stride(1),
            g.stride(2),
            ids.address(),
            ids.stride(0),
            ids.stride(1),
            out.address(),
            out.dim(1),
            ids.dim(1),
            out.dim(2),
            check.record());
  }

  private void scatterTokenRows(DeviceView g, DeviceView ids, DeviceView out) {
    long tokens = (long) out.dim(0) * out.dim(1);
    int rows = Math.clamp(tokens / ENOUGH_BLOCKS, 1, MAX_ROWS);
    int chunk = Math.min(MAX_CHUNK, ids.dim(1));
    kernel("scatterTokenRows", g, ids)
        .launch(
            gpu.compute(),
            Grid.of((long) out.dim(0) * Math.ceilDiv(out.dim(1), rows), THREADS)
                .withShared(bits(chunk)),
            g.address(),
            g.stride(0),
            g.stride(1),
            g.stride(2),
            ids.address(),
            ids.stride(0),
            ids.stride(1),
            out.address(),
            out.dim(1),
            rows,
            ids.dim(1),
            chunk,
            out.dim(2),
            check.record());
  }

  /** Bytes of shared memory with a bit for each id. */
  private static int bits(int ids) {
    return Math.ceilDiv(ids, Integer.SIZE) * Integer.BYTES;
  }

  private Kernel kernel(String name, DeviceView x, DeviceView ids) {
    return gpu.kernels()
        .get(FILE, name, KernelArguments.real(x.dtype()), KernelArguments.index(ids.dtype()));
  }
}
