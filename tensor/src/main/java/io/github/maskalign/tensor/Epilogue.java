package io.github.maskalign.tensor;

import io.github.maskalign.tensor.op.Gelu;
import org.jspecify.annotations.Nullable;

/**
 * What follows a linear layer directly. A backend may do it to a part of the result while that part
 * is in a cache; the bits are those of the operations one by one.
 *
 * @since 0.1.0
 */
public sealed interface Epilogue {

  /** Applies this to the result y of the layer. */
  Tensor apply(Ops ops, Tensor y);

  /**
   * GELU of each element.
   *
   * @param factor whether the result is a {@link Ops#factor factor}
   */
  record Activation(Gelu kind, boolean factor) implements Epilogue {

    /** GELU of each element. */
    public Activation(Gelu kind) {
      this(kind, false);
    }

    @Override
    public Tensor apply(Ops ops, Tensor y) {
      Tensor result = ops.gelu(y, kind);
      return factor ? ops.factor(result) : result;
    }
  }

  /**
   * {@code x + scale * y}: the end of a residual branch.
   *
   * @param x of the shape of y
   * @param scale of the features of y, {@code [m]}, as in layer scale; null for 1
   */
  record Residual(Tensor x, @Nullable Tensor scale) implements Epilogue {
    @Override
    public Tensor apply(Ops ops, Tensor y) {
      return ops.add(x, scale == null ? y : ops.mul(y, scale));
    }
  }
}
