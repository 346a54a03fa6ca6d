package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> logits [B, classes]: a {@link ViT}, pooled, and a linear head. With {@link
 * Pooling#CLASS_AND_DISTILLATION} each of the two tokens has a head, and the logits are their mean:
 * DeiT (Touvron et al., arXiv 2012.12877).
 *
 * @since 0.1.0
 */
public final class ViTClassifier implements ImageClassifier {

  /** Prefix of the names of the parameters of the head on the distillation token. */
  public static final String DISTILLED_HEAD = "head_dist.";

  private static final double HEAD_DEVIATION = 2e-5;

  private final ViT trunk;
  private final List<Linear> heads;
  private final int classes;

  private ViTClassifier(ViT trunk, List<Linear> heads, int classes) {
    this.trunk = trunk;
    this.heads = heads;
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

  /**
   * Creates the parameters of a network with its own pooling, {@code head}, and with two tokens
   * {@code head_dist}.
   */
  public static ViTClassifier create(Parameters.Path path, ViTConfig config, int classes) {
    List<Linear> heads = new ArrayList<>();
    ViT trunk;
    if (config.output().norm() == FinalNorm.POOLED) {
      // MAE's code replaces the norm after it has made the head, and so does its parameter order.
      trunk = ViT.create(path, config, () -> addHeads(path, config, classes, heads));
    } else {
      trunk = ViT.create(path, config);
      addHeads(path, config, classes, heads);
    }
    return new ViTClassifier(trunk, List.copyOf(heads), classes);
  }

  private static void addHeads(
      Parameters.Path path, ViTConfig config, int classes, List<Linear> heads) {
    boolean two = config.output().pooling() == Pooling.CLASS_AND_DISTILLATION;
    for (String name : two ? List.of("head", "head_dist") : List.of("head")) {
      int width = two ? config.width() : config.pooledWidth();
      Init init = Init.normal(HEAD_DEVIATION);
      heads.add(Linear.create(path.at(name), width, classes, init, Init.zeros()));
    }
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

  /** images [B, C, H, W] -> features [B, P]: the input of the heads. */
  public Tensor features(Ops ops, Tensor images, @Nullable StochasticDepth depth) {
    return trunk.features(ops, images, depth);
  }

  /** The mean of the logits of the heads. */
  @Override
  public Tensor classify(Ops ops, Tensor features) {
    List<Tensor> each = headLogits(ops, features);
    return each.size() == 1
        ? each.getFirst()
        : ops.affine(ops.add(each.getFirst(), each.getLast()), 0.5, 0);
  }

  /** features [B, P] -> the logits of each head [B, classes]: one, or that of each token. */
  public List<Tensor> headLogits(Ops ops, Tensor features) {
    if (heads.size() == 1) {
      return List.of(heads.getFirst().forward(ops, features));
    }
    int width = trunk.config().width();
    return List.of(
        heads.getFirst().forward(ops, ops.slice(features, 1, 0, width)),
        heads.getLast().forward(ops, ops.slice(features, 1, width, 2 * width)));
  }
}
