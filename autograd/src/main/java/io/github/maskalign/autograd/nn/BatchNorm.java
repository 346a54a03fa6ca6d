package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.UnaryOp;

/**
 * x [B, D] -> [B, D]: each channel normalized over the batch, without scale and shift (Ioffe and
 * Szegedy, arXiv 1502.03167). Training normalizes by the biased variance and updates the running
 * statistics, {@code r += momentum * (batch - r)}, with the unbiased one; evaluation uses them.
 *
 * @since 0.1.0
 */
public final class BatchNorm {

  private final Tensor runningMean;
  private final Tensor runningVariance;
  private final double eps;
  private final double momentum;

  private BatchNorm(Tensor runningMean, Tensor runningVariance, double eps, double momentum) {
    this.runningMean = runningMean;
    this.runningVariance = runningVariance;
    this.eps = eps;
    this.momentum = momentum;
  }

  /** Creates the layer with running_mean 0 and running_var 1, named as in PyTorch. */
  public static BatchNorm create(Parameters.Path path, int width, double eps, double momentum) {
    return new BatchNorm(
        path.addFixed("running_mean", Init.zeros(), width),
        path.addFixed("running_var", Init.ones(), width),
        eps,
        momentum);
  }

  /**
   * Normalizes by the batch statistics and updates the running statistics.
   *
   * @throws ShapeException if the batch has fewer than two rows, whose variance is undefined
   */
  public Tensor train(Ops ops, Tensor x) {
    int rows = x.dim(0);
    if (rows < 2) {
      throw new ShapeException(
          "batch norm: training needs at least two rows, got shape " + x.shape());
    }
    Tensor mean = ops.mean(x, true, 0);
    Tensor centered = ops.sub(x, mean);
    Tensor variance = ops.mean(ops.unary(UnaryOp.SQUARE, centered), true, 0);
    try (Scope inner = ops.scope().child("running statistics")) {
      move(inner.eager(), runningMean, mean, 1);
      move(inner.eager(), runningVariance, variance, rows / (rows - 1.0));
    }
    return ops.div(centered, deviation(ops, variance));
  }

  /** Normalizes by the running statistics. */
  public Tensor evaluate(Ops ops, Tensor x) {
    return ops.div(ops.sub(x, runningMean), deviation(ops, runningVariance));
  }

  private Tensor deviation(Ops ops, Tensor variance) {
    return ops.unary(UnaryOp.SQRT, ops.affine(variance, 1, eps));
  }

  private void move(Eager ops, Tensor running, Tensor batch, double factor) {
    Tensor flat = ops.reshape(batch, running.dim(0));
    Tensor moved =
        ops.add(ops.affine(running, 1 - momentum, 0), ops.affine(flat, momentum * factor, 0));
    ops.scope().backend().copy(moved, running);
  }
}
