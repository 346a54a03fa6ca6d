package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;

/**
 * x [.., D] -> [.., D]: linear, GELU, linear.
 *
 * @since 0.1.0
 */
public final class Mlp {

  private final Linear first;
  private final Linear second;
  private final Gelu activation;

  private Mlp(Linear first, Linear second, Gelu activation) {
    this.first = first;
    this.second = second;
    this.activation = activation;
  }

  /** Creates the layer with parameters {@code fc1} and {@code fc2}, as in timm. */
  public static Mlp create(Parameters.Path path, int width, int hidden, Gelu activation) {
    return new Mlp(
        Linear.create(path.at("fc1"), width, hidden),
        Linear.create(path.at("fc2"), hidden, width),
        activation);
  }

  /** Applies the layer. */
  public Tensor forward(Ops ops, Tensor x) {
    return second.forward(ops, ops.gelu(first.forward(ops, x), activation));
  }
}
