package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

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
    return forward(ops, x, null);
  }

  /** Applies the layer, with queries and keys turned by their positions. */
  public Tensor forward(Ops ops, Tensor x, @Nullable Rotary rotary) {
    return projection.forward(ops, ops.attention(packed(ops, x, rotary), heads, scale));
  }

  /**
   * Attention probabilities of queries {@code from <= q < to}: x [B, T, D] -> [B, heads, to - from,
   * T]. Not differentiable.
   */
  public Tensor probabilities(Eager ops, Tensor x, @Nullable Rotary rotary, int from, int to) {
    return ops.attentionProbabilities(packed(ops, x, rotary), heads, scale, from, to);
  }

  private Tensor packed(Ops ops, Tensor x, @Nullable Rotary rotary) {
    Tensor packed = qkv.forward(ops, x);
    return rotary == null ? packed : rotary.turn(ops, packed, heads);
  }
}
