package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.Tensor;

/**
 * x [B, T, D] -> [B, T, D]: multi-head self-attention with one packed query-key-value projection
 * (Vaswani et al., arXiv 1706.03762); logits scaled by {@code (D / heads)^-0.5}.
 */
public final class Attention {

  private final Linear qkv;
  private final Linear projection;
  private final int heads;
  private final double scale;

  private Attention(Linear qkv, Linear projection, int heads, int width) {
    this.qkv = qkv;
    this.projection = projection;
    this.heads = heads;
    this.scale = 1 / Math.sqrt((double) width / heads);
  }

  /** Parameters {@code qkv} and {@code proj}, as in timm. */
  public static Attention create(Parameters.Path path, int width, int heads) {
    if (heads < 1 || width % heads != 0) {
      throw new ShapeException(
          "attention: width " + width + " is not a multiple of the number of heads " + heads);
    }
    Linear qkv = Linear.create(path.at("qkv"), width, 3 * width);
    return new Attention(qkv, Linear.create(path.at("proj"), width, width), heads, width);
  }

  /** Applies the layer. */
  public Tensor forward(Ops ops, Tensor x) {
    return projection.forward(ops, ops.attention(qkv.forward(ops, x), heads, scale));
  }

  /**
   * Attention probabilities of queries {@code from <= q < to}: x [B, T, D] -> [B, heads, to - from,
   * T]. Not differentiable.
   */
  public Tensor probabilities(Eager ops, Tensor x, int from, int to) {
    return ops.attentionProbabilities(qkv.forward(ops, x), heads, scale, from, to);
  }
}
