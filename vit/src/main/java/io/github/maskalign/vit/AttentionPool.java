package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Mlp;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * patches [B, N, D] -> [B, D]: attention from one learned query to all patches, then {@code x +
 * mlp(norm(x))}, as in SigLIP.
 */
final class AttentionPool {

  /** Its exponential is zero in any type; unlike infinity, it remains finite when scaled. */
  private static final double MASKED = -1e9;

  private final Tensor probe;
  private final Linear query;
  private final Linear keyValue;
  private final Linear projection;
  private final LayerNorm norm;
  private final Mlp mlp;
  private final int heads;

  private AttentionPool(Parameters.Path path, ViTConfig config) {
    int width = config.width();
    this.heads = config.heads();
    this.probe = path.add("latent", Init.normal(1 / Math.sqrt(width)), 1, 1, width);
    this.query = Linear.create(path.at("q"), width, width);
    this.keyValue = Linear.create(path.at("kv"), width, 2 * width);
    this.projection = Linear.create(path.at("proj"), width, width);
    this.norm = LayerNorm.create(path.at("norm"), width, config.normEps());
    this.mlp =
        Mlp.create(
            path.at("mlp"),
            width,
            config.mlpWidth(),
            config.blocks().activation().nonlinearity(),
            true);
  }

  /** Creates the parameters {@code latent, q, kv, proj, norm} and {@code mlp}, named as in timm. */
  static AttentionPool create(Parameters.Path path, ViTConfig config) {
    return new AttentionPool(path, config);
  }

  /** Applies the layer. */
  Tensor forward(Ops ops, Tensor tokens) {
    return forward(ops, tokens, null);
  }

  /**
   * Applies the layer.
   *
   * @param bias [B, N]: added to the scaled scores of the patches, of their type; null for none
   */
  Tensor forward(Ops ops, Tensor tokens, @Nullable Tensor bias) {
    int batch = tokens.dim(0);
    int width = tokens.dim(2);
    Tensor pair = keysAndValues(ops, tokens);
    Tensor values = ops.reshape(ops.slice(pair, 0, 1, 2), batch, heads, -1, width / heads);
    Tensor attended = ops.matmul(attend(ops, pair, bias), values);
    Tensor x = projection.forward(ops, ops.reshape(attended, batch, width));
    return ops.add(x, mlp.forward(ops, norm.forward(ops, x)));
  }

  /** Attention probabilities: tokens [B, T, D] -> [B, heads, 1, T]. */
  Tensor probabilities(Ops ops, Tensor tokens) {
    return attend(ops, keysAndValues(ops, tokens), null);
  }

  /** tokens [B, T, D] -> [2, B, heads, T, D / heads]. */
  private Tensor keysAndValues(Ops ops, Tensor tokens) {
    Tensor packed = keyValue.forward(ops, tokens);
    Tensor split = ops.reshape(packed, tokens.dim(0), tokens.dim(1), 2, heads, -1);
    return ops.permute(split, 2, 0, 3, 1, 4);
  }

  private Tensor attend(Ops ops, Tensor pair, @Nullable Tensor bias) {
    int length = pair.dim(4);
    Tensor q = ops.reshape(query.forward(ops, probe), 1, heads, 1, length);
    Tensor keys = ops.reshape(ops.slice(pair, 0, 0, 1), pair.dim(1), heads, pair.dim(3), length);
    Tensor logits = ops.matmul(q, ops.transpose(keys));
    Tensor scaled = ops.affine(logits, 1 / Math.sqrt(length), 0);
    return ops.softmax(
        bias == null ? scaled : ops.add(scaled, ops.reshape(bias, bias.dim(0), 1, 1, bias.dim(1))));
  }

  /** flags [B, N] -> the bias [B, N]: 0 for 1, and what makes a probability zero for 0. */
  static Tensor hiding(Ops ops, Tensor flags) {
    return ops.affine(flags, -MASKED, MASKED);
  }
}
