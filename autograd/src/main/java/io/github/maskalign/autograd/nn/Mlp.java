package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import org.jspecify.annotations.Nullable;

/**
 * x [.., D] -> [.., D]: linear, nonlinearity, linear.
 *
 * @since 0.1.0
 */
public final class Mlp {

  private final Linear first;
  private final Linear second;
  private final Nonlinearity nonlinearity;

  private Mlp(Linear first, Linear second, Nonlinearity nonlinearity) {
    this.first = first;
    this.second = second;
    this.nonlinearity = nonlinearity;
  }

  /** Creates the layer with biases and parameters {@code fc1} and {@code fc2}, as in timm. */
  public static Mlp create(Parameters.Path path, int width, int hidden, Gelu activation) {
    return create(path, width, hidden, Nonlinearity.of(activation), true);
  }

  /** Creates the layer with {@code fc1} and {@code fc2}, as in timm, both with or without bias. */
  public static Mlp create(
      Parameters.Path path, int width, int hidden, Nonlinearity nonlinearity, boolean bias) {
    return new Mlp(
        Linear.create(path.at("fc1"), width, hidden, bias),
        Linear.create(path.at("fc2"), hidden, width, bias),
        nonlinearity);
  }

  /** Applies the layer. */
  public Tensor forward(Ops ops, Tensor x) {
    return forward(ops, x, null);
  }

  /** Applies the layer and what follows it; nothing if null. */
  public Tensor forward(Ops ops, Tensor x, @Nullable Epilogue epilogue) {
    return second.forward(ops, nonlinearity.factorAfter(first, ops, x), epilogue);
  }
}
