package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;

/**
 * images [B, C, H, W] -> logits [B, classes]: DeiT (Touvron et al., arXiv 2012.12877), the mean of
 * a head on the class token and a head on the distillation token.
 *
 * @since 0.1.0
 */
public final class DistilledClassifier implements ImageClassifier {

  /** Prefix of the names of the parameters of the head on the distillation token. */
  public static final String DISTILLED_HEAD = "head_dist.";

  private final ViT trunk;
  private final Linear head;
  private final Linear distilled;
  private final int classes;

  private DistilledClassifier(ViT trunk, Linear head, Linear distilled, int classes) {
    this.trunk = trunk;
    this.head = head;
    this.distilled = distilled;
    this.classes = classes;
  }

  /**
   * Creates the parameters of a network, {@code head} and {@code head_dist}.
   *
   * @throws ShapeException if the network lacks one of the tokens
   */
  public static DistilledClassifier create(Parameters.Path path, ViTConfig config, int classes) {
    if (!config.tokens().classToken() || !config.tokens().distillationToken()) {
      throw new ShapeException("ViT: two heads require a class token and a distillation token");
    }
    ViT trunk = ViT.create(path, config.withOutput(OutputConfig.of(Pooling.CLASS_TOKEN)));
    int width = config.width();
    return new DistilledClassifier(
        trunk,
        Linear.create(path.at("head"), width, classes),
        Linear.create(path.at("head_dist"), width, classes),
        classes);
  }

  /** The logits of both heads, each [B, classes]. */
  public record Logits(Tensor ofClassToken, Tensor ofDistillationToken) {}

  @Override
  public ViT trunk() {
    return trunk;
  }

  @Override
  public int classes() {
    return classes;
  }

  /** The logits of both heads in evaluation. */
  public Logits logits(Ops ops, Tensor images) {
    Tensor tokens = trunk.forward(ops, images);
    Tensor both = trunk.normalized(ops, ops.slice(tokens, 1, 0, 2));
    return new Logits(
        head.forward(ops, token(ops, both, 0)), distilled.forward(ops, token(ops, both, 1)));
  }

  private static Tensor token(Ops ops, Tensor tokens, int index) {
    return ops.reshape(ops.slice(tokens, 1, index, index + 1), tokens.dim(0), tokens.dim(2));
  }

  @Override
  public Tensor forward(Ops ops, Tensor images) {
    Logits both = logits(ops, images);
    return ops.affine(ops.add(both.ofClassToken, both.ofDistillationToken), 0.5, 0);
  }
}
