package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> features [B, D]: a {@link ViT} and one vector of all its tokens.
 *
 * @since 0.1.0
 */
public final class PooledViT {

  private final ViT trunk;
  private final Pooling pooling;
  private final @Nullable LayerNorm poolNorm;

  private PooledViT(ViT trunk, Pooling pooling, @Nullable LayerNorm poolNorm) {
    this.trunk = trunk;
    this.pooling = pooling;
    this.poolNorm = poolNorm;
  }

  /**
   * The parameters of the network, which has no final norm with mean pooling.
   *
   * @throws ShapeException if the class token is wanted of a network that has none
   */
  static ViT trunk(Parameters.Path path, ViTConfig config, Pooling pooling) {
    if (pooling == Pooling.CLS && !config.tokens().classToken()) {
      throw new ShapeException("ViT: pooling by class token needs one, this network has none");
    }
    return switch (pooling) {
      case CLS -> ViT.create(path, config);
      case MEAN_PATCHES -> ViT.withoutNorm(path, config);
    };
  }

  /** The network with what pooling adds: {@code fc_norm} with mean pooling. */
  static PooledViT of(Parameters.Path path, ViT trunk, Pooling pooling) {
    ViTConfig config = trunk.config();
    return switch (pooling) {
      case CLS -> new PooledViT(trunk, pooling, null);
      case MEAN_PATCHES -> {
        LayerNorm norm = LayerNorm.create(path.at("fc_norm"), config.width(), config.normEps());
        yield new PooledViT(trunk, pooling, norm);
      }
    };
  }

  /** The network below. */
  public ViT trunk() {
    return trunk;
  }

  /** Features; with stochastic depth in training. */
  public Tensor forward(Ops ops, Tensor images, @Nullable StochasticDepth depth) {
    ForwardRequest request = ForwardRequest.plain().withStochasticDepth(depth);
    Tensor tokens = trunk.forward(ops, images, request).tokens();
    Tensor pooled = ops.within("pooling", inner -> pool(inner, tokens));
    ops.discard(tokens);
    return pooled;
  }

  private Tensor pool(Ops ops, Tensor tokens) {
    return switch (pooling) {
      // Only the class token's norm matters, so only it is computed.
      case CLS -> {
        Tensor first = ops.slice(tokens, 1, 0, 1);
        yield trunk.normalized(ops, ops.reshape(first, tokens.dim(0), tokens.dim(2)));
      }
      case MEAN_PATCHES -> {
        int patches = trunk.config().prefixTokens();
        Tensor mean = ops.mean(ops.slice(tokens, 1, patches, tokens.dim(1)), false, 1);
        yield poolNorm.forward(ops, mean);
      }
    };
  }
}
