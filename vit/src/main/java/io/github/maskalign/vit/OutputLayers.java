package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What follows the blocks of a network: final norm, pooling and pooler. */
final class OutputLayers {

  private final ViTConfig config;
  private final @Nullable LayerNorm norm;
  private final @Nullable AttentionPool attention;
  private final @Nullable QueryAttention queries;
  private final @Nullable Linear pooler;

  private OutputLayers(Parameters.Path path, ViTConfig config) {
    OutputConfig output = config.output();
    OutputConfig.QueryPool query = output.queries();
    this.config = config;
    int pooledWidth = query == null ? config.width() : query.width();
    this.norm =
        switch (output.norm()) {
          case TOKENS -> LayerNorm.create(path.at("norm"), config.width(), config.normEps());
          case POOLED -> LayerNorm.create(path.at("fc_norm"), pooledWidth, config.normEps());
          case NONE -> null;
        };
    this.attention =
        output.pooling() == Pooling.ATTENTION
            ? AttentionPool.create(path.at("attn_pool"), config)
            : null;
    this.queries =
        query == null ? null : QueryAttention.create(path.at("attn_pool"), config, query);
    this.pooler =
        output.pooler() == 0
            ? null
            : Linear.create(path.at("pooler").at("dense"), config.width(), output.pooler());
  }

  /** Creates {@code norm} or {@code fc_norm}, {@code attn_pool} and {@code pooler.dense}. */
  static OutputLayers create(Parameters.Path path, ViTConfig config) {
    return new OutputLayers(path, config);
  }

  /** [.., D] -> [.., D]: the final norm, if it acts on all tokens. */
  Tensor normalized(Ops ops, Tensor tokens) {
    return config.output().norm() == FinalNorm.TOKENS
        ? Objects.requireNonNull(norm).forward(ops, tokens)
        : tokens;
  }

  /** tokens [B, T, D] -> [B, P]: norm, pooling and pooler as configured. */
  Tensor pooled(Ops ops, Tensor tokens) {
    Tensor x = pooled(ops, tokens, config.output().pooling());
    return pooler == null ? x : ops.unary(UnaryOp.TANH, pooler.forward(ops, x));
  }

  /** tokens [B, T, D] -> [B, P]: norm and another pooling. */
  Tensor pooled(Ops ops, Tensor tokens, Pooling pooling) {
    if (pooling == Pooling.CLASS_TOKEN && config.output().norm() == FinalNorm.TOKENS) {
      // The norm treats tokens separately, so one is normalized rather than all.
      return normalized(ops, pooling.pool(ops, config, tokens));
    }
    Tensor x = normalized(ops, tokens);
    return switch (pooling) {
      case ATTENTION ->
          afterPooling(
              ops, required(attention, pooling).forward(ops, Pooling.patches(ops, config, x)));
      case QUERIES -> overQueries(ops, required(queries, pooling).forward(ops, x));
      // The norm of learned queries is not that of the tokens, even where it is as wide.
      default -> {
        Tensor pooled = pooling.pool(ops, config, x);
        yield config.output().queries() == null ? afterPooling(ops, pooled) : pooled;
      }
    };
  }

  /**
   * tokens [B, T, D] -> [B, P]: norm and pooling as configured, over some of the tokens of each
   * image.
   *
   * @param visible U8 [B, T]: 1 for the tokens to pool
   * @throws ShapeException if the pooling of the configuration cannot leave tokens out
   */
  Tensor pooled(Ops ops, Tensor tokens, Tensor visible) {
    return pooled(ops, tokens, visible, config.output().pooling());
  }

  /** The same with another pooling. */
  Tensor pooled(Ops ops, Tensor tokens, Tensor visible, Pooling pooling) {
    Tensor x = normalized(ops, tokens);
    return switch (pooling) {
      case ATTENTION -> {
        Tensor bias = AttentionPool.hiding(ops, ops.cast(visible, x.dtype()));
        yield afterPooling(ops, required(attention, pooling).forward(ops, x, bias));
      }
      case MEAN_PATCHES, MEAN_TOKENS -> {
        Tensor flags = ops.cast(visible, x.dtype());
        Tensor column = ops.reshape(flags, visible.dim(0), visible.dim(1), 1);
        Tensor sum = ops.sum(ops.mul(x, column), false, 1);
        yield afterPooling(ops, ops.div(sum, ops.sum(flags, true, 1)));
      }
      default ->
          throw new ShapeException(
              "ViT: pooling by %s cannot leave tokens out; use attention or the mean"
                  .formatted(pooling.title()));
    };
  }

  /** Merged tokens [B, T, D] -> [B, P]: norm, pooling and pooler as configured. */
  Tensor pooledBySize(Ops ops, Tensor tokens, Tensor sizes) {
    Tensor x = pooledBySize(ops, tokens, sizes, config.output().pooling());
    return pooler == null ? x : ops.unary(UnaryOp.TANH, pooler.forward(ops, x));
  }

  /**
   * Merged tokens [B, T, D] -> [B, P]: norm and another pooling, in which a token counts as the
   * patches that it stands for.
   *
   * @param sizes [B, T], of the type of the tokens
   * @throws ShapeException if merged tokens cannot be pooled so
   */
  Tensor pooledBySize(Ops ops, Tensor tokens, Tensor sizes, Pooling pooling) {
    Tensor x = normalized(ops, tokens);
    if (pooling != Pooling.ATTENTION) {
      Tensor pooled = pooling.pool(ops, config, x, sizes);
      return config.output().queries() == null ? afterPooling(ops, pooled) : pooled;
    }
    Tensor each = ops.slice(sizes, 1, config.prefixTokens(), sizes.dim(1));
    Tensor bias = ops.unary(UnaryOp.LOG, each);
    return afterPooling(
        ops, required(attention, pooling).forward(ops, Pooling.patches(ops, config, x), bias));
  }

  private Tensor overQueries(Ops ops, Tensor seen) {
    Tensor x = afterPooling(ops, seen);
    boolean first = Objects.requireNonNull(config.output().queries()).over() == Pooling.CLASS_TOKEN;
    return first
        ? ops.reshape(ops.slice(x, 1, 0, 1), x.dim(0), x.dim(2))
        : ops.mean(ops.slice(x, 1, 1, x.dim(1)), false, 1);
  }

  private Tensor afterPooling(Ops ops, Tensor x) {
    boolean fits =
        config.output().norm() == FinalNorm.POOLED
            && (x.dim(-1) == config.width() || config.output().queries() != null);
    return fits ? Objects.requireNonNull(norm).forward(ops, x) : x;
  }

  private static <T> T required(@Nullable T layer, Pooling pooling) {
    if (layer == null) {
      throw new ShapeException("ViT: this network has no parameters to pool by " + pooling.title());
    }
    return layer;
  }

  /** tokens [B, T, D] -> [B, heads, 1, N]: attention of the learned query to the patches. */
  Tensor probeAttention(Ops ops, Tensor tokens) {
    Tensor patches = Pooling.patches(ops, config, normalized(ops, tokens));
    return required(attention, Pooling.ATTENTION).probabilities(ops, patches);
  }
}
