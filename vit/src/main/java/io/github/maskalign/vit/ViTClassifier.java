package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> logits [B, classes]: a {@link PooledViT} and a linear head.
 *
 * @since 0.1.0
 */
public final class ViTClassifier implements ImageClassifier {

  private static final double HEAD_DEVIATION = 2e-5;

  private final PooledViT features;
  private final Linear head;
  private final int classes;

  private ViTClassifier(PooledViT features, Linear head, int classes) {
    this.features = features;
    this.head = head;
    this.classes = classes;
  }

  /** Creates the parameters of the network and {@code head}, which is initialized near zero. */
  public static ViTClassifier create(
      Parameters.Path path, ViTConfig config, Pooling pooling, int classes) {
    ViT trunk = PooledViT.trunk(path, config, pooling);
    Linear head =
        Linear.create(
            path.at("head"), config.width(), classes, Init.normal(HEAD_DEVIATION), Init.zeros());
    return new ViTClassifier(PooledViT.of(path, trunk, pooling), head, classes);
  }

  @Override
  public ViT trunk() {
    return features.trunk();
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public Tensor forward(Ops ops, Tensor images) {
    return forward(ops, images, null);
  }

  /** Logits; with stochastic depth in training, null in evaluation. */
  public Tensor forward(Ops ops, Tensor images, @Nullable StochasticDepth depth) {
    return classify(ops, features(ops, images, depth));
  }

  /** images [B, C, H, W] -> features [B, D]: the head's input. */
  public Tensor features(Ops ops, Tensor images, @Nullable StochasticDepth depth) {
    return features.forward(ops, images, depth);
  }

  /** features [B, D] -> logits [B, classes]. */
  public Tensor classify(Ops ops, Tensor features) {
    return head.forward(ops, features);
  }
}
