package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Attention;
import io.github.maskalign.autograd.nn.DropPath;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Mlp;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;

/**
 * x [B, T, D] -> [B, T, D]: {@code x += attention(norm1(x)); x += mlp(norm2(x))}, a pre-norm
 * Transformer block.
 */
public final class Block {

  private final LayerNorm norm1;
  private final Attention attention;
  private final LayerNorm norm2;
  private final Mlp mlp;

  private Block(LayerNorm norm1, Attention attention, LayerNorm norm2, Mlp mlp) {
    this.norm1 = norm1;
    this.attention = attention;
    this.norm2 = norm2;
    this.mlp = mlp;
  }

  /** Parameters {@code norm1}, {@code attn}, {@code norm2} and {@code mlp}, as in timm. */
  public static Block create(Parameters.Path path, ViTConfig config) {
    int width = config.width();
    return new Block(
        LayerNorm.create(path.at("norm1"), width, config.normEps()),
        Attention.create(path.at("attn"), width, config.heads()),
        LayerNorm.create(path.at("norm2"), width, config.normEps()),
        Mlp.create(path.at("mlp"), width, config.mlpWidth(), config.activation()));
  }

  /** Applies the block. */
  public Tensor forward(Ops ops, Tensor x) {
    return forward(ops, x, new DropPath(0), new float[0], new float[0]);
  }

  /** Applies the block, dropping branches of samples by one uniform draw for each. */
  public Tensor forward(
      Ops ops, Tensor x, DropPath drop, float[] attentionDraws, float[] mlpDraws) {
    Tensor middle =
        ops.within(
            "attention",
            inner -> {
              Tensor branch = attention.forward(inner, norm1.forward(inner, x));
              return inner.add(x, drop.forward(inner, branch, attentionDraws));
            });
    Tensor result =
        ops.within(
            "mlp",
            inner -> {
              Tensor branch = mlp.forward(inner, norm2.forward(inner, middle));
              return inner.add(middle, drop.forward(inner, branch, mlpDraws));
            });
    ops.discard(middle);
    return result;
  }

  /**
   * Attention probabilities of queries {@code from <= q < to} for this block's input: x [B, T, D]
   * -> [B, heads, to - from, T]. Not differentiable.
   */
  public Tensor probabilities(Eager ops, Tensor x, int from, int to) {
    return attention.probabilities(ops, norm1.forward(ops, x), from, to);
  }
}
