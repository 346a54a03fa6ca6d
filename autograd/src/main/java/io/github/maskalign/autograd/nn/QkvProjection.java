package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * x [B, T, D] -> [B, T, 3D]: queries, keys and values of attention in one product, with a bias each
 * or not, and layer norm of queries and keys over each head if asked for (Dehghani et al., arXiv
 * 2302.05442).
 */
final class QkvProjection {

  private final Tensor weight;

  /** Empty, the packed bias, or those of queries, keys and values. */
  private final List<Tensor> biases;

  private final @Nullable LayerNorm queryNorm;
  private final @Nullable LayerNorm keyNorm;
  private final int heads;

  private QkvProjection(Parameters.Path path, int width, int heads, AttentionOptions options) {
    this.weight = path.at("qkv").add("weight", Init.xavierUniform(), 3 * width, width);
    this.biases = biases(path, width, options);
    this.queryNorm = norm(path.at("q_norm"), width / heads, options);
    this.keyNorm = norm(path.at("k_norm"), width / heads, options);
    this.heads = heads;
  }

  /**
   * Creates the parameters {@code qkv} and, with norms, {@code q_norm} and {@code k_norm}, as in
   * timm. If some of the three biases are missing, the others are {@code q_bias}, {@code k_bias}
   * and {@code v_bias}, as in timm's EVA.
   */
  static QkvProjection create(
      Parameters.Path path, int width, int heads, AttentionOptions options) {
    return new QkvProjection(path, width, heads, options);
  }

  private static List<Tensor> biases(Parameters.Path path, int width, AttentionOptions options) {
    boolean any = options.queryBias() || options.keyBias() || options.valueBias();
    if (!any) {
      return List.of();
    }
    if (options.queryBias() && options.keyBias() && options.valueBias()) {
      return List.of(path.at("qkv").add("bias", Init.zeros(), 3 * width));
    }
    return List.of(
        bias(path, "q_bias", width, options.queryBias()),
        bias(path, "k_bias", width, options.keyBias()),
        bias(path, "v_bias", width, options.valueBias()));
  }

  private static Tensor bias(Parameters.Path path, String name, int width, boolean present) {
    return present ? path.add(name, Init.zeros(), width) : path.constant(new float[width], width);
  }

  private static @Nullable LayerNorm norm(
      Parameters.Path path, int length, AttentionOptions options) {
    return options.queryKeyNorm().isPresent()
        ? LayerNorm.create(path, length, options.queryKeyNorm().getAsDouble())
        : null;
  }

  /** Applies the layer. */
  Tensor forward(Ops ops, Tensor x) {
    Tensor packed = ops.linear(x, weight, bias(ops));
    return queryNorm == null || keyNorm == null
        ? packed
        : ops.within("query-key norm", o -> normalized(o, packed, queryNorm, keyNorm));
  }

  private @Nullable Tensor bias(Ops ops) {
    return switch (biases.size()) {
      case 0 -> null;
      case 1 -> biases.getFirst();
      default -> ops.concat(biases, 0);
    };
  }

  private Tensor normalized(Ops ops, Tensor packed, LayerNorm queryNorm, LayerNorm keyNorm) {
    int width = packed.dim(2) / 3;
    Tensor q = perHead(ops, ops.slice(packed, 2, 0, width), queryNorm);
    Tensor k = perHead(ops, ops.slice(packed, 2, width, 2 * width), keyNorm);
    return ops.concat(List.of(q, k, ops.slice(packed, 2, 2 * width, 3 * width)), 2);
  }

  private Tensor perHead(Ops ops, Tensor x, LayerNorm norm) {
    Tensor split = ops.reshape(x, x.dim(0), x.dim(1), heads, x.dim(2) / heads);
    return ops.reshape(norm.forward(ops, split), x.shape().dims());
  }
}
