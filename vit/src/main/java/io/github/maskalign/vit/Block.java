package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Attention;
import io.github.maskalign.autograd.nn.AttentionOptions;
import io.github.maskalign.autograd.nn.DropPath;
import io.github.maskalign.autograd.nn.GatedMlp;
import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Mlp;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.nn.RotaryEmbedding;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * x [B, T, D] -> [B, T, D]: {@code x += ls1 * attention(norm1(x)); x += ls2 * mlp(norm2(x))}, a
 * pre-norm Transformer block; ls1 and ls2 exist with layer scale only.
 *
 * @since 0.1.0
 */
public final class Block {

  /** x [B, T, D] -> [B, T, D], and what follows it; nothing if null. */
  private interface Layer {
    Tensor forward(Ops ops, Tensor x, @Nullable Epilogue epilogue);
  }

  private static final DropPath NO_DROP = new DropPath(0);

  private final LayerNorm norm1;
  private final Attention attention;
  private final @Nullable Tensor scale1;
  private final LayerNorm norm2;
  private final Layer mlp;
  private final @Nullable Tensor scale2;

  private Block(Parameters.Path path, BlockConfig shape) {
    this.norm1 = LayerNorm.create(path.at("norm1"), shape.width(), shape.normEps());
    this.attention =
        Attention.create(path.at("attn"), shape.width(), shape.heads(), options(shape));
    this.scale1 = scale(path.at("ls1"), shape);
    this.norm2 = LayerNorm.create(path.at("norm2"), shape.width(), shape.normEps());
    this.mlp = mlp(path.at("mlp"), shape);
    this.scale2 = scale(path.at("ls2"), shape);
  }

  /**
   * Creates the parameters {@code norm1, attn, ls1, norm2, mlp} and {@code ls2}, named as in timm.
   */
  public static Block create(Parameters.Path path, ViTConfig config) {
    return create(path, config.blocks());
  }

  private static AttentionOptions options(BlockConfig shape) {
    BlockConfig.Bias bias = shape.bias();
    return new AttentionOptions(
        bias.query(),
        bias.key(),
        bias.value(),
        bias.projection(),
        shape.queryKeyNorm() ? OptionalDouble.of(shape.normEps()) : OptionalDouble.empty());
  }

  /** Creates a block of a network that has no {@link ViTConfig}, such as a text tower. */
  public static Block create(Parameters.Path path, BlockConfig shape) {
    return new Block(path, shape);
  }

  private static @Nullable Tensor scale(Parameters.Path path, BlockConfig shape) {
    double first = shape.layerScale();
    return first == 0 ? null : path.add("gamma", Init.constant((float) first), shape.width());
  }

  private static Layer mlp(Parameters.Path path, BlockConfig shape) {
    Activation activation = shape.activation();
    int width = shape.width();
    int hidden = shape.mlpWidth();
    boolean bias = shape.bias().mlp();
    return activation.isGated()
        ? GatedMlp.create(path, width, hidden, activation.nonlinearity(), bias)::forward
        : Mlp.create(path, width, hidden, activation.nonlinearity(), bias)::forward;
  }

  /** Applies the block. */
  public Tensor forward(Ops ops, Tensor x) {
    return forward(ops, x, null);
  }

  /** Applies the block, rotating queries and keys by their positions. */
  public Tensor forward(Ops ops, Tensor x, @Nullable RotaryEmbedding rotary) {
    return forward(ops, x, rotary, AttentionMask.NONE);
  }

  /** Applies the block to tokens that attend to each other as a mask allows. */
  public Tensor forward(Ops ops, Tensor x, @Nullable RotaryEmbedding rotary, AttentionMask mask) {
    return forward(ops, x, rotary, mask, NO_DROP, new float[0], new float[0]);
  }

  /** Applies the block with stochastic depth, given one uniform draw per sample and branch. */
  public Tensor forward(
      Ops ops,
      Tensor x,
      @Nullable RotaryEmbedding rotary,
      DropPath drop,
      float[] attentionDraws,
      float[] mlpDraws) {
    return forward(ops, x, rotary, AttentionMask.NONE, drop, attentionDraws, mlpDraws);
  }

  /** Applies the block with a mask and stochastic depth. */
  public Tensor forward(
      Ops ops,
      Tensor x,
      @Nullable RotaryEmbedding rotary,
      AttentionMask mask,
      DropPath drop,
      float[] attentionDraws,
      float[] mlpDraws) {
    Tensor middle =
        ops.within(
            "attention",
            inner -> {
              Tensor packed = packed(inner, x, rotary);
              return added(
                  inner,
                  x,
                  scale1,
                  drop,
                  attentionDraws,
                  end -> attention.attend(inner, packed, mask, end));
            });
    Tensor result =
        ops.within(
            "mlp",
            inner -> {
              Tensor normalized = norm2.factor(inner, middle);
              return added(
                  inner,
                  middle,
                  scale2,
                  drop,
                  mlpDraws,
                  end -> mlp.forward(inner, normalized, end));
            });
    ops.discard(middle);
    return result;
  }

  // ---- in parts, for PendingBlock and TokenMerging ----

  /** x [B, T, D] -> [B, T, 3D]: queries, keys and values of the block's attention. */
  Tensor packed(Ops ops, Tensor x, @Nullable RotaryEmbedding rotary) {
    return attention.packed(ops, norm1.factor(ops, x), rotary);
  }

  /** x [B, T, D] and its {@link #packed} -> [B, T, D]: the first half of the block. */
  Tensor attend(Ops ops, Tensor x, Tensor packed, AttentionMask mask) {
    return attention.attend(ops, packed, mask, new Epilogue.Residual(x, scale1));
  }

  /**
   * The first half of the block for some tokens.
   *
   * @param x [B, K, D], these tokens
   * @param queries [B, K, D], their part of {@code packed}
   * @param packed of all tokens
   */
  Tensor attend(Eager ops, Tensor x, Tensor queries, Tensor packed) {
    return attention.attend(ops, queries, packed, new Epilogue.Residual(x, scale1));
  }

  /** x [B, T, D] -> [B, T, D]: the second half of the block. */
  Tensor transform(Ops ops, Tensor x) {
    return mlp.forward(ops, norm2.factor(ops, x), new Epilogue.Residual(x, scale2));
  }

  /** Attention probabilities of queries {@code from <= q < to} of {@link #packed}. */
  Tensor probabilities(Eager ops, Tensor packed, int from, int to) {
    return attention.probabilitiesPacked(ops, packed, from, to);
  }

  /**
   * x and a branch, which ends as it is told.
   *
   * @param branch computes it, given its end or null
   */
  private static Tensor added(
      Ops ops,
      Tensor x,
      @Nullable Tensor scale,
      DropPath drop,
      float[] draws,
      Function<@Nullable Epilogue, Tensor> branch) {
    if (drop.rate() == 0) {
      return branch.apply(new Epilogue.Residual(x, scale));
    }
    Tensor y = branch.apply(null);
    return ops.add(x, drop.forward(ops, scale == null ? y : ops.mul(y, scale), draws));
  }

  /**
   * Attention probabilities of queries {@code from <= q < to} for this block's input: x [B, T, D]
   * -> [B, heads, to - from, T]. Not differentiable.
   */
  public Tensor probabilities(
      Eager ops, Tensor x, @Nullable RotaryEmbedding rotary, int from, int to) {
    return probabilities(ops, x, rotary, AttentionMask.NONE, from, to);
  }

  /** Attention probabilities under a mask. */
  public Tensor probabilities(
      Eager ops, Tensor x, @Nullable RotaryEmbedding rotary, AttentionMask mask, int from, int to) {
    return attention.probabilities(ops, norm1.factor(ops, x), rotary, mask, from, to);
  }
}
