package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import org.jspecify.annotations.Nullable;

/**
 * The function of each element between the two linear layers of an MLP.
 *
 * @since 0.1.0
 */
public enum Nonlinearity {
  /** Exact GELU, with the error function. */
  GELU(Gelu.ERF),
  /** GELU with the tanh approximation. */
  TANH_GELU(Gelu.TANH),
  /** {@code x sigmoid(1.702 x)}. */
  QUICK_GELU(Gelu.QUICK),
  /** {@code x sigmoid(x)}, also called swish. */
  SILU(null),
  /** {@code max(x, 0)}. */
  RELU(null);

  private final @Nullable Gelu gelu;

  Nonlinearity(@Nullable Gelu gelu) {
    this.gelu = gelu;
  }

  /** The nonlinearity of a kind of GELU. */
  public static Nonlinearity of(Gelu kind) {
    return switch (kind) {
      case ERF -> GELU;
      case TANH -> TANH_GELU;
      case QUICK -> QUICK_GELU;
    };
  }

  /**
   * Applies a layer, then the function to each element of its result, for linear layers alone; see
   * {@link Ops#factor}.
   */
  Tensor factorAfter(Linear layer, Ops ops, Tensor x) {
    return gelu == null
        ? apply(ops, layer.forward(ops, x))
        : layer.forward(ops, x, new Epilogue.Activation(gelu, true));
  }

  /** Applies the function to each element. */
  public Tensor apply(Ops ops, Tensor x) {
    return switch (this) {
      case GELU, TANH_GELU, QUICK_GELU -> ops.gelu(x, gelu);
      case SILU -> ops.mul(x, ops.unary(UnaryOp.SIGMOID, x));
      case RELU -> ops.unary(UnaryOp.RELU, x);
    };
  }
}
