package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import org.jspecify.annotations.Nullable;

/**
 * What follows the product of a linear layer, all in one pass: its bias, and GELU or a residual:
 * {@code linear.cu}. Sums and results are contiguous [n, m], and may be the same tensor.
 */
public final class LinearKernel {

  private static final int WARP_SIZE = 32;
  private static final int MAX_THREADS = 256;
  private static final int WIDTH = 4;
  private static final int ALIGNMENT = 16;

  /** Rows of a block. */
  private static final int ROWS = 4;

  private static final int MAX_BLOCKS_DOWN = 65_535;

  private final Gpu gpu;

  /** The kernels of one device. */
  public LinearKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** y += bias. */
  public void addBias(Tensor y, Tensor bias) {
    if (y.size() > 0) {
      int width = width(y, y, bias);
      kernel("addBias", Gelu.ERF, y, y.dtype(), width)
          .launch(
              gpu.compute(),
              grid(y, width),
              KernelArguments.address(y),
              KernelArguments.address(bias),
              KernelArguments.address(y),
              rows(y),
              y.dim(1));
    }
  }

  /** y = GELU(sums + bias), F32 or BF16. */
  public void gelu(Gelu kind, Tensor sums, @Nullable Tensor bias, Tensor y) {
    if (y.size() > 0) {
      int width = width(sums, y, bias);
      kernel("biasGelu", kind, sums, y.dtype(), width)
          .launch(
              gpu.compute(),
              grid(y, width),
              KernelArguments.address(sums),
              KernelArguments.addressOrNull(bias),
              KernelArguments.address(y),
              rows(y),
              y.dim(1));
    }
  }

  /** y = base + scale (y + bias). */
  public void residual(Tensor y, @Nullable Tensor bias, Tensor base, @Nullable Tensor scale) {
    if (y.size() > 0) {
      int width = width(base, y, bias);
      kernel("biasResidual", Gelu.ERF, y, y.dtype(), width)
          .launch(
              gpu.compute(),
              grid(y, width),
              KernelArguments.address(y),
              KernelArguments.addressOrNull(bias),
              KernelArguments.address(base),
              KernelArguments.addressOrNull(scale),
              KernelArguments.address(y),
              rows(y),
              y.dim(1));
    }
  }

  private Kernel kernel(String name, Gelu kind, Tensor sums, DType out, int width) {
    return gpu.kernels()
        .get(
            "linear.cu",
            name,
            KernelArguments.real(sums.dtype()),
            "OUT=" + (out == sums.dtype() ? "SAME" : out),
            "GELU=" + kind,
            "WIDTH=" + width);
  }

  private static long rows(Tensor y) {
    return y.dim(0);
  }

  /** Elements that a thread reads at once. */
  private static int width(Tensor x, Tensor y, @Nullable Tensor bias) {
    long common = KernelArguments.address(x) | KernelArguments.address(y);
    common |= bias == null ? 0 : KernelArguments.address(bias);
    return y.dim(1) % WIDTH == 0 && common % ALIGNMENT == 0 ? WIDTH : 1;
  }

  private static Grid grid(Tensor y, int width) {
    int across = Math.ceilDiv(y.dim(1), width);
    int threads = Math.min(MAX_THREADS, Math.ceilDiv(across, WARP_SIZE) * WARP_SIZE);
    long down = Math.min(MAX_BLOCKS_DOWN, Math.ceilDiv(y.dim(0), ROWS));
    return Grid.of(Math.ceilDiv(across, threads), down, threads);
  }
}
