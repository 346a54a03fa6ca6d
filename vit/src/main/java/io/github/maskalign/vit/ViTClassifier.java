package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> logits [B, classes]: a {@link ViT}, pooled, and a linear head.
 *
 * @since 0.1.0
 */
public final class ViTClassifier implements ImageClassifier {

  private static final double HEAD_DEVIATION = 2e-5;

  private final ViT trunk;
  private final Linear head;
  private final int classes;

  private ViTClassifier(ViT trunk, Linear head, int classes) {
    this.trunk = trunk;
    this.head = head;
    this.classes = classes;
  }

  /**
   * Creates the parameters of a network with another pooling and {@code head}, which is initialized
   * near zero. Without a class token, the norm follows the mean.
   */
  public static ViTClassifier create(
      Parameters.Path path, ViTConfig config, Pooling pooling, int classes) {
    return create(path, config.withOutput(OutputConfig.of(pooling)), classes);
  }

  /** Creates the parameters of a network with its own pooling, and {@code head}. */
  public static ViTClassifier create(Parameters.Path path, ViTConfig config, int classes) {
    Supplier<Linear> head =
        () ->
            Linear.create(
                path.at("head"),
                config.pooledWidth(),
                classes,
                Init.normal(HEAD_DEVIATION),
                Init.zeros());
    if (config.output().norm() != FinalNorm.POOLED) {
      ViT trunk = ViT.create(path, config);
      return new ViTClassifier(trunk, head.get(), classes);
    }
    // MAE's code replaces the norm after it has made the head, and so does its parameter order.
    AtomicReference<Linear> made = new AtomicReference<>();
    ViT trunk = ViT.create(path, config, () -> made.set(head.get()));
    return new ViTClassifier(trunk, made.get(), classes);
  }

  @Override
  public ViT trunk() {
    return trunk;
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
    return trunk.features(ops, images, depth);
  }

  /** features [B, D] -> logits [B, classes]. */
  public Tensor classify(Ops ops, Tensor features) {
    return head.forward(ops, features);
  }
}
