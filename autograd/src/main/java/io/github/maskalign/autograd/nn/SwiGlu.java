package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.UnaryOp;

/**
 * x [.., D] -> [.., D]: SwiGLU (Shazeer, arXiv 2002.05202): {@code W3 (silu(W1 x) * W2 x)} with
 * biases, {@code silu(x) = x sigmoid(x)}; W1 and W2 are packed in one matrix.
 *
 * @since 0.1.0
 */
public final class SwiGlu {

  private final Linear first;
  private final Linear second;
  private final int hidden;

  private SwiGlu(Linear first, Linear second, int hidden) {
    this.first = first;
    this.second = second;
    this.hidden = hidden;
  }

  /** Creates the layer with {@code fc1}, of twice the hidden width, and {@code fc2}, as in timm. */
  public static SwiGlu create(Parameters.Path path, int width, int hidden) {
    return new SwiGlu(
        Linear.create(path.at("fc1"), width, 2 * hidden),
        Linear.create(path.at("fc2"), hidden, width),
        hidden);
  }

  /** Applies the layer. */
  public Tensor forward(Ops ops, Tensor x) {
    Tensor both = first.forward(ops, x);
    Tensor gate = ops.slice(both, both.shape().rank() - 1, 0, hidden);
    Tensor value = ops.slice(both, both.shape().rank() - 1, hidden, 2 * hidden);
    Tensor silu = ops.mul(gate, ops.unary(UnaryOp.SIGMOID, gate));
    return second.forward(ops, ops.mul(silu, value));
  }
}
