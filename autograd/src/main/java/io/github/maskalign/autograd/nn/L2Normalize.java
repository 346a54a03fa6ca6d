package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.BinaryOp;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.UnaryOp;

/**
 * x [.., D] -> [.., D]: {@code x / max(|x|, eps)} with the 2-norm over the last axis.
 *
 * @since 0.1.0
 */
public final class L2Normalize {

  private L2Normalize() {}

  /**
   * Applies it; a zero vector stays zero and gets a gradient of zero.
   *
   * @param eps from 1e-18 up, so that its square is an F32 number
   */
  public static Tensor forward(Ops ops, Tensor x, double eps) {
    Tensor squares = ops.sum(ops.unary(UnaryOp.SQUARE, x), true, -1);
    // The bound is put below the root, which has no derivative at zero.
    Tensor bound = ops.full(x.dtype(), Shape.of(), eps * eps);
    return ops.div(x, ops.unary(UnaryOp.SQRT, ops.binary(BinaryOp.MAX, squares, bound)));
  }
}
