package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * x [B, T, D] -> [B, T, D]: multi-head self-attention with one packed query-key-value projection
 * (Vaswani et al., arXiv 1706.03762); logits scaled by {@code (D / heads)^-0.5}.
 *
 * @since 0.1.0
 */
public final class Attention {

  private final QkvProjection qkv;
  private final Linear projection;
  private final int heads;
  private final double scale;

  private Attention(Parameters.Path path, int width, int heads, AttentionOptions options) {
    if (heads < 1 || width % heads != 0) {
      throw new ShapeException(
          "attention: width " + width + " is not a multiple of the number of heads " + heads);
    }
    this.qkv = QkvProjection.create(path, width, heads, options);
    this.projection = Linear.create(path.at("proj"), width, width, options.projectionBias());
    this.heads = heads;
    this.scale = 1 / Math.sqrt((double) width / heads);
  }

  /** Creates the layer with parameters {@code qkv} and {@code proj}, as in timm. */
  public static Attention create(Parameters.Path path, int width, int heads) {
    return create(path, width, heads, AttentionOptions.DEFAULT);
  }

  /**
   * Creates the layer with parameters {@code qkv} and {@code proj}; {@code q_norm} and {@code
   * k_norm} if queries and keys are normalized; and, if only some of queries, keys and values have
   * a bias, {@code q_bias}, {@code k_bias}, {@code v_bias} in place of {@code qkv.bias}, as in
   * timm.
   */
  public static Attention create(
      Parameters.Path path, int width, int heads, AttentionOptions options) {
    return new Attention(path, width, heads, options);
  }

  /** Applies the layer; every token attends to every token. */
  public Tensor forward(Ops ops, Tensor x) {
    return forward(ops, x, null, AttentionMask.NONE);
  }

  /** Applies the layer with rotary position embedding of queries and keys. */
  public Tensor forward(Ops ops, Tensor x, @Nullable RotaryEmbedding rotary) {
    return forward(ops, x, rotary, AttentionMask.NONE);
  }

  /** Applies the layer with rotary position embedding and a mask. */
  public Tensor forward(Ops ops, Tensor x, @Nullable RotaryEmbedding rotary, AttentionMask mask) {
    return attend(ops, packed(ops, x, rotary), mask, null);
  }

  /** The layer after {@link #packed}, and what follows it: qkv [B, T, 3D] -> [B, T, D]. */
  public Tensor attend(Ops ops, Tensor qkv, AttentionMask mask, @Nullable Epilogue epilogue) {
    return projection.forward(ops, ops.attention(qkv, heads, scale, mask), epilogue);
  }

  /**
   * x [B, T, D] -> [B, T, 3D]: queries, keys and values as {@link Ops#attention} takes them, after
   * their norms and rotation.
   */
  public Tensor packed(Ops ops, Tensor x, @Nullable RotaryEmbedding rotary) {
    Tensor packed = qkv.forward(ops, x);
    return rotary == null ? packed : rotary.rotate(ops, packed, heads);
  }

  /**
   * The layer after {@link #packed} for some tokens, and what follows it: queries [B, K, D], packed
   * [B, T, 3D] of all tokens -> [B, K, D]. Not differentiable.
   */
  public Tensor attend(Eager ops, Tensor queries, Tensor packed, @Nullable Epilogue epilogue) {
    return projection.forward(ops, ops.attention(queries, packed, heads, scale), epilogue);
  }

  /** Attention probabilities of queries {@code from <= q < to} of {@link #packed}. */
  public Tensor probabilitiesPacked(Eager ops, Tensor packed, int from, int to) {
    return ops.attentionProbabilities(packed, heads, scale, from, to);
  }

  /**
   * Attention probabilities of queries {@code from <= q < to}: x [B, T, D] -> [B, heads, to - from,
   * T]. Not differentiable.
   */
  public Tensor probabilities(
      Eager ops, Tensor x, @Nullable RotaryEmbedding rotary, int from, int to) {
    return probabilities(ops, x, rotary, AttentionMask.NONE, from, to);
  }

  /**
   * Attention probabilities under a mask, as {@link #probabilities(Eager, Tensor, RotaryEmbedding,
   * int, int)}.
   */
  public Tensor probabilities(
      Eager ops, Tensor x, @Nullable RotaryEmbedding rotary, AttentionMask mask, int from, int to) {
    return ops.attentionProbabilities(packed(ops, x, rotary), heads, scale, mask, from, to);
  }
}
