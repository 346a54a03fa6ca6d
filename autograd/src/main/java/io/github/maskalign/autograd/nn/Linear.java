package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * x [.., in] -> [.., out]: {@code y = x W^T + b}.
 *
 * @since 0.1.0
 */
public final class Linear {

  private final Tensor weight;
  private final @Nullable Tensor bias;

  private Linear(Tensor weight, @Nullable Tensor bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /** Creates the layer with Xavier-uniform weight {@code [out, in]} and zero bias. */
  public static Linear create(Parameters.Path path, int in, int out) {
    return create(path, in, out, true);
  }

  /** Creates the layer with Xavier-uniform weight {@code [out, in]} and zero bias, or no bias. */
  public static Linear create(Parameters.Path path, int in, int out, boolean bias) {
    return create(path, in, out, Init.xavierUniform(), bias ? Init.zeros() : null);
  }

  /** Creates the layer with given initializers; a null bias initializer omits the bias. */
  public static Linear create(
      Parameters.Path path, int in, int out, Init weightInit, @Nullable Init biasInit) {
    Tensor weight = path.add("weight", weightInit, out, in);
    return new Linear(weight, biasInit == null ? null : path.add("bias", biasInit, out));
  }

  /** Applies the layer. */
  public Tensor forward(Ops ops, Tensor x) {
    return ops.linear(x, weight, bias);
  }

  /** Applies the layer and what follows it; nothing if null. */
  public Tensor forward(Ops ops, Tensor x, @Nullable Epilogue epilogue) {
    return epilogue == null ? ops.linear(x, weight, bias) : ops.linear(x, weight, bias, epilogue);
  }
}
