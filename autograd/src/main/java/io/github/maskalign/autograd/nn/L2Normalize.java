package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.UnaryOp;

/**
 * x [.., D] -> [.., D]: L2 normalization, {@code x / max(|x|, eps)} with the 2-norm over the last
 * axis.
 *
 * @since 0.1.0
 */
public final class L2Normalize {

  private L2Normalize() {}

  /**
   * Applies the normalization. A zero vector remains zero and has a zero gradient.
   *
   * @param eps at least 1e-18, so that its square is representable in F32
   */
  public static Tensor forward(Ops ops, Tensor x, double eps) {
    Tensor squares = ops.sum(ops.unary(UnaryOp.SQUARE, x), true, -1);
    // Clamped before the square root, which has no derivative at zero.
    Tensor bound = ops.full(x.dtype(), Shape.of(), eps * eps);
    return ops.div(x, ops.unary(UnaryOp.SQRT, ops.binary(BinaryOp.MAX, squares, bound)));
  }
}
