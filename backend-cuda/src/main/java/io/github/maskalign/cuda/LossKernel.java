package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;

/** Smooth L1 and cross-entropy with their gradients, none of empty tensors: {@code loss.cu}. */
final class LossKernel {

  private static final String FILE = "loss.cu";
  private static final int THREADS = 256;

  /** Fixed, so that every device adds up in the same order. */
  private static final int MOST_BLOCKS = 1024;

  private static final int ELEMENTS_OF_A_THREAD = 4;

  private final Gpu gpu;

  LossKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The mean of smooth L1, a scalar. */
  Tensor smoothL1(Eager ops, Tensor prediction, Tensor target, double beta) {
    DType dtype = prediction.dtype();
    long n = prediction.size();
    long perBlock = Math.max(THREADS * ELEMENTS_OF_A_THREAD, Math.ceilDiv(n, (long) MOST_BLOCKS));
    int blocks = Math.toIntExact(Math.ceilDiv(n, perBlock));
    Tensor parts = ops.empty(dtype, Shape.of(blocks));
    gpu.kernels()
        .get(FILE, "smoothL1", Operands.real(dtype))
        .launch(
            gpu.compute(),
            Grid.of(blocks, THREADS),
            Operands.address(prediction),
            Operands.address(target),
            Operands.address(parts),
            n,
            Operands.number(dtype, beta),
            perBlock);
    return addUp(ops, parts, 1 / (n * beta));
  }

  /** The gradient of {@link #smoothL1} for the prediction. */
  Tensor smoothL1Grad(Eager ops, Tensor prediction, Tensor target, double beta, Tensor g) {
    DType dtype = prediction.dtype();
    long n = prediction.size();
    Tensor slopes = ops.emptyLike(prediction);
    gpu.kernels()
        .get(FILE, "smoothL1Grad", Operands.real(dtype))
        .launch(
            gpu.compute(),
            Grid.covering(n, THREADS),
            Operands.address(prediction),
            Operands.address(target),
            Operands.address(g),
            Operands.address(slopes),
            n,
            Operands.number(dtype, 1 / beta),
            Operands.number(dtype, 1.0 / n));
    return slopes;
  }

  /** The mean over rows of cross-entropy, a scalar. */
  Tensor crossEntropy(Eager ops, Tensor logits, Tensor targets) {
    DType dtype = logits.dtype();
    RowGrid rows = RowGrid.of(logits);
    Tensor parts = ops.empty(dtype, Shape.of(logits.dim(0)));
    gpu.kernels()
        .get(FILE, "crossEntropy", Operands.real(dtype))
        .launch(
            gpu.compute(),
            rows.grid(),
            Operands.address(logits),
            Operands.address(targets),
            Operands.address(parts),
            rows.rows(),
            rows.columns(),
            rows.team());
    return addUp(ops, parts, -1.0 / rows.rows());
  }

  /** The gradient of {@link #crossEntropy} for the logits. */
  Tensor crossEntropyGrad(Eager ops, Tensor logits, Tensor targets, Tensor g) {
    DType dtype = logits.dtype();
    RowGrid rows = RowGrid.of(logits);
    Tensor slopes = ops.emptyLike(logits);
    gpu.kernels()
        .get(FILE, "crossEntropyGrad", Operands.real(dtype))
        .launch(
            gpu.compute(),
            rows.grid(),
            Operands.address(logits),
            Operands.address(targets),
            Operands.address(g),
            Operands.address(slopes),
            rows.rows(),
            rows.columns(),
            Operands.number(dtype, 1.0 / rows.rows()),
            rows.team());
    return slopes;
  }

  private Tensor addUp(Eager ops, Tensor parts, double factor) {
    Tensor sum = ops.empty(parts.dtype(), Shape.of());
    gpu.kernels()
        .get(FILE, "addUp", Operands.real(parts.dtype()))
        .launch(
            gpu.compute(),
            Grid.of(1, THREADS),
            Operands.address(parts),
            Operands.address(sum),
            parts.size(),
            Operands.number(parts.dtype(), factor));
    ops.discard(parts);
    return sum;
  }
}
