package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** images [B, C, H, W] -> logits [B, classes]: a {@link ViT}, pooling and a linear head. */
public final class ViTClassifier {

  private static final double HEAD_DEVIATION = 2e-5;

  private final ViT trunk;
  private final Pooling pooling;
  private final Linear head;
  private final @Nullable LayerNorm poolNorm;

  private ViTClassifier(ViT trunk, Pooling pooling, Linear head, @Nullable LayerNorm poolNorm) {
    this.trunk = trunk;
    this.pooling = pooling;
    this.head = head;
    this.poolNorm = poolNorm;
  }

  /**
   * Parameters of the network plus {@code head} and, with mean pooling, {@code fc_norm} instead of
   * the final {@code norm}. The head starts near zero.
   */
  public static ViTClassifier create(
      Parameters.Path path, ViTConfig config, Pooling pooling, int classes) {
    if (pooling == Pooling.CLS && config.prefixTokens() == 0) {
      throw new ShapeException(
          "ViT classifier: pooling by class token needs one, prefixTokens is 0");
    }
    boolean mean = pooling == Pooling.MEAN_PATCHES;
    ViT trunk = mean ? ViT.withoutNorm(path, config) : ViT.create(path, config);
    int width = config.width();
    Linear head =
        Linear.create(path.at("head"), width, classes, Init.normal(HEAD_DEVIATION), Init.zeros());
    return new ViTClassifier(
        trunk,
        pooling,
        head,
        mean ? LayerNorm.create(path.at("fc_norm"), width, config.normEps()) : null);
  }

  /** The network below the head. */
  public ViT trunk() {
    return trunk;
  }

  /** Logits in evaluation. */
  public Tensor forward(Ops ops, Tensor images) {
    return forward(ops, images, null);
  }

  /** Logits; with stochastic depth in training. */
  public Tensor forward(Ops ops, Tensor images, @Nullable StochasticDepth depth) {
    return classify(ops, features(ops, images, depth));
  }

  /** images [B, C, H, W] -> [B, D]: what the head sees. */
  public Tensor features(Ops ops, Tensor images, @Nullable StochasticDepth depth) {
    ForwardRequest request = ForwardRequest.plain().withStochasticDepth(depth);
    Tensor tokens = trunk.forward(ops, images, request).tokens();
    Tensor pooled = ops.within("pooling", inner -> pool(inner, tokens));
    ops.discard(tokens);
    return pooled;
  }

  /** features [B, D] -> logits [B, classes]. */
  public Tensor classify(Ops ops, Tensor features) {
    return head.forward(ops, features);
  }

  private Tensor pool(Ops ops, Tensor tokens) {
    return switch (pooling) {
      // Only the class token's norm matters, so only it is computed.
      case CLS -> {
        Tensor first = ops.slice(tokens, 1, 0, 1);
        yield trunk.normalised(ops, ops.reshape(first, tokens.dim(0), tokens.dim(2)));
      }
      case MEAN_PATCHES -> {
        int patches = trunk.config().prefixTokens();
        Tensor mean = ops.mean(ops.slice(tokens, 1, patches, tokens.dim(1)), false, 1);
        yield poolNorm.forward(ops, mean);
      }
    };
  }
}
