package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;

/**
 * x [B, ..] -> [B, ..]: stochastic depth (Huang et al., arXiv 1603.09382). A sample's branch is
 * dropped with probability {@code rate}, and divided by {@code 1 - rate} otherwise.
 *
 * @param rate probability of dropping, in [0, 1)
 * @since 0.1.0
 */
public record DropPath(float rate) {

  /** Validates the rate. */
  public DropPath {
    if (!(rate >= 0 && rate < 1)) {
      throw new ArgumentException("drop path: rate must be in [0, 1), got " + rate);
    }
  }

  /**
   * Returns rates that increase linearly from 0 at the first of {@code depth} blocks to the last.
   */
  public static float[] linearRates(double last, int depth) {
    float[] rates = new float[depth];
    float step = depth > 1 ? (float) last / (depth - 1) : 0;
    for (int i = 0; i < depth; i++) {
      // Counting from the nearer end, as linspace does, makes the last rate exact.
      rates[i] = i < depth / 2 ? step * i : (float) last - step * (depth - 1 - i);
    }
    return depth == 1 ? new float[1] : rates;
  }

  /**
   * Applies the layer.
   *
   * @param uniform one draw from [0, 1) per sample, whose branch is kept if {@code floor(1 - rate +
   *     draw)} is 1
   * @throws ShapeException unless there is one draw per sample
   */
  public Tensor forward(Ops ops, Tensor x, float[] uniform) {
    if (rate == 0) {
      return x;
    }
    if (uniform.length != x.dim(0)) {
      throw new ShapeException(
          "drop path: " + uniform.length + " draws do not match the samples of x " + x.shape());
    }
    float keep = 1 - rate;
    float[] factors = new float[uniform.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) Math.floor(keep + uniform[i]) / keep;
    }
    int[] dims = new int[x.shape().rank()];
    Arrays.fill(dims, 1);
    dims[0] = factors.length;
    Tensor scale = ops.of(factors, dims);
    return ops.mul(x, x.dtype() == DType.F32 ? scale : ops.cast(scale, x.dtype()));
  }
}
