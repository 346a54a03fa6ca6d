package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;

/** Smooth L1, cross-entropy and their gradients for tensors that are not empty: {@code loss.cu}. */
public final class LossKernel {

  private static final String FILE = "loss.cu";
  private static final int THREADS = 256;

  /** Constant, so that all devices add in the same order. */
  private static final int MAX_BLOCKS = 1024;

  private static final int ELEMENTS_PER_THREAD = 4;

  private final Gpu gpu;

  /** The kernels of one device. */
  public LossKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The mean of smooth L1, a scalar. */
  public Tensor smoothL1(Eager ops, Tensor prediction, Tensor target, double beta) {
    DType dtype = prediction.dtype();
    long n = prediction.size();
    long perBlock = Math.max(THREADS * ELEMENTS_PER_THREAD, Math.ceilDiv(n, (long) MAX_BLOCKS));
    int blocks = Math.toIntExact(Math.ceilDiv(n, perBlock));
    Tensor partials = ops.empty(dtype, Shape.of(blocks));
    gpu.kernels()
        .get(FILE, "smoothL1", KernelArguments.real(dtype))
        .launch(
            gpu.compute(),
            Grid.of(blocks, THREADS),
            KernelArguments.address(prediction),
            KernelArguments.address(target),
            KernelArguments.address(partials),
            n,
            KernelArguments.scalar(dtype, beta),
            perBlock);
    return sumPartials(ops, partials, 1 / (n * beta));
  }

  /** The gradient of {@link #smoothL1} for the prediction. */
  public Tensor smoothL1Grad(Eager ops, Tensor prediction, Tensor target, double beta, Tensor g) {
    DType dtype = prediction.dtype();
    long n = prediction.size();
    Tensor dp = ops.emptyLike(prediction);
    gpu.kernels()
        .get(FILE, "smoothL1Grad", KernelArguments.real(dtype))
        .launch(
            gpu.compute(),
            Grid.covering(n, THREADS),
            KernelArguments.address(prediction),
            KernelArguments.address(target),
            KernelArguments.address(g),
            KernelArguments.address(dp),
            n,
            KernelArguments.scalar(dtype, 1 / beta),
            KernelArguments.scalar(dtype, 1.0 / n));
    return dp;
  }

  /** The mean over rows of cross-entropy, a scalar. */
  public Tensor crossEntropy(Eager ops, Tensor logits, Tensor targets) {
    DType dtype = logits.dtype();
    RowGrid rows = RowGrid.of(logits);
    Tensor partials = ops.empty(dtype, Shape.of(logits.dim(0)));
    gpu.kernels()
        .get(FILE, "crossEntropy", KernelArguments.real(dtype))
        .launch(
            gpu.compute(),
            rows.grid(),
            KernelArguments.address(logits),
            KernelArguments.address(targets),
            KernelArguments.address(partials),
            rows.rows(),
            rows.columns(),
            rows.threadsPerRow());
    return sumPartials(ops, partials, -1.0 / rows.rows());
  }

  /** The gradient of {@link #crossEntropy} for the logits. */
  public Tensor crossEntropyGrad(Eager ops, Tensor logits, Tensor targets, Tensor g) {
    DType dtype = logits.dtype();
    RowGrid rows = RowGrid.of(logits);
    Tensor dl = ops.emptyLike(logits);
    gpu.kernels()
        .get(FILE, "crossEntropyGrad", KernelArguments.real(dtype))
        .launch(
            gpu.compute(),
            rows.grid(),
            KernelArguments.address(logits),
            KernelArguments.address(targets),
            KernelArguments.address(g),
            KernelArguments.address(dl),
            rows.rows(),
            rows.columns(),
            KernelArguments.scalar(dtype, 1.0 / rows.rows()),
            rows.threadsPerRow());
    return dl;
  }

  private Tensor sumPartials(Eager ops, Tensor partials, double factor) {
    Tensor sum = ops.empty(partials.dtype(), Shape.of());
    gpu.kernels()
        .get(FILE, "sumPartials", KernelArguments.real(partials.dtype()))
        .launch(
            gpu.compute(),
            Grid.of(1, THREADS),
            KernelArguments.address(partials),
            KernelArguments.address(sum),
            partials.size(),
            KernelArguments.scalar(partials.dtype(), factor));
    ops.discard(partials);
    return sum;
  }
}
