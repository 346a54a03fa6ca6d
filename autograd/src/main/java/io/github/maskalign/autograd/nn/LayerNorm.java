package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;

/**
 * x [.., D] -> [.., D]: normalized over the last axis, scaled and shifted.
 *
 * @since 0.1.0
 */
public final class LayerNorm {

  private final Tensor gamma;
  private final Tensor beta;
  private final double eps;

  private LayerNorm(Tensor gamma, Tensor beta, double eps) {
    this.gamma = gamma;
    this.beta = beta;
    this.eps = eps;
  }

  /** Creates the layer with scale 1 and shift 0, named weight and bias as in timm. */
  public static LayerNorm create(Parameters.Path path, int width, double eps) {
    return new LayerNorm(
        path.add("weight", Init.ones(), width), path.add("bias", Init.zeros(), width), eps);
  }

  /** Applies the layer. */
  public Tensor forward(Ops ops, Tensor x) {
    return ops.layerNorm(x, gamma, beta, eps);
  }

  /** Applies the layer for linear layers alone; see {@link Ops#factor}. */
  public Tensor factor(Ops ops, Tensor x) {
    return ops.layerNormFactor(x, gamma, beta, eps);
  }
}
