package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** images [B, C, H, W] -> features [B, D]: a {@link ViT} and the pooling of its tokens. */
final class PooledViT {

  private final ViT trunk;
  private final Pooling pooling;
  private final @Nullable LayerNorm poolNorm;

  private PooledViT(ViT trunk, Pooling pooling, @Nullable LayerNorm poolNorm) {
    this.trunk = trunk;
    this.pooling = pooling;
    this.poolNorm = poolNorm;
  }

  /**
   * Creates the network below the pooling, without final norm for mean pooling.
   *
   * @throws io.github.maskalign.tensor.error.ShapeException if the network has no class token to
   *     pool by
   */
  static ViT trunk(Parameters.Path path, ViTConfig config, Pooling pooling) {
    pooling.require(config);
    return switch (pooling) {
      case CLASS_TOKEN -> ViT.create(path, config);
      case MEAN_PATCHES -> ViT.withoutNorm(path, config);
    };
  }

  /** Adds the pooling and its parameters: {@code fc_norm} for mean pooling. */
  static PooledViT of(Parameters.Path path, ViT trunk, Pooling pooling) {
    ViTConfig config = trunk.config();
    return switch (pooling) {
      case CLASS_TOKEN -> new PooledViT(trunk, pooling, null);
      case MEAN_PATCHES -> {
        LayerNorm norm = LayerNorm.create(path.at("fc_norm"), config.width(), config.normEps());
        yield new PooledViT(trunk, pooling, norm);
      }
    };
  }

  /** The network below the pooling. */
  public ViT trunk() {
    return trunk;
  }

  /** Features; with stochastic depth in training, null in evaluation. */
  public Tensor forward(Ops ops, Tensor images, @Nullable StochasticDepth depth) {
    ForwardRequest request = ForwardRequest.plain().withStochasticDepth(depth);
    Tensor tokens = trunk.forward(ops, images, request).tokens();
    Tensor pooled =
        poolNorm == null
            ? trunk.pooled(ops, tokens, pooling)
            : ops.within(
                "pool",
                inner -> poolNorm.forward(inner, pooling.pool(inner, trunk.config(), tokens)));
    ops.discard(tokens);
    return pooled;
  }
}
