package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * x [.., D] -> [.., D]: {@code W3 (f(W1 x) * W2 x)} (Shazeer, arXiv 2002.05202): SwiGLU if f is
 * SiLU, GEGLU if it is GELU. W1, the gate, and W2 are packed in one matrix, in this order.
 *
 * @since 0.1.0
 */
public final class GatedMlp {

  private final Linear first;
  private final Linear second;
  private final Nonlinearity nonlinearity;
  private final int hidden;

  private GatedMlp(Linear first, Linear second, Nonlinearity nonlinearity, int hidden) {
    this.first = first;
    this.second = second;
    this.nonlinearity = nonlinearity;
    this.hidden = hidden;
  }

  /**
   * Creates the layer with {@code fc1}, of twice the hidden width, and {@code fc2}, as in timm,
   * both with or without bias.
   */
  public static GatedMlp create(
      Parameters.Path path, int width, int hidden, Nonlinearity nonlinearity, boolean bias) {
    return new GatedMlp(
        Linear.create(path.at("fc1"), width, 2 * hidden, bias),
        Linear.create(path.at("fc2"), hidden, width, bias),
        nonlinearity,
        hidden);
  }

  /** Applies the layer. */
  public Tensor forward(Ops ops, Tensor x) {
    return forward(ops, x, null);
  }

  /** Applies the layer and what follows it; nothing if null. */
  public Tensor forward(Ops ops, Tensor x, @Nullable Epilogue epilogue) {
    Tensor both = first.forward(ops, x);
    Tensor gate = ops.slice(both, -1, 0, hidden);
    Tensor value = ops.slice(both, -1, hidden, 2 * hidden);
    return second.forward(ops, ops.mul(nonlinearity.apply(ops, gate), value), epilogue);
  }
}
