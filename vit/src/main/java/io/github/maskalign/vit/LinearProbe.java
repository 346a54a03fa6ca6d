package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.BatchNorm;
import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.Collection;

/**
 * images [B, C, H, W] -> logits [B, classes]: a linear probe. A frozen {@link ViT}, pooled, batch
 * norm without scale and shift ({@code head.0}), and a linear layer ({@code head.1}), the only one
 * that is trained.
 *
 * @since 0.1.0
 */
public final class LinearProbe implements ImageClassifier {

  private static final double NORM_EPS = 1e-6;
  private static final double NORM_MOMENTUM = 0.1;
  private static final double HEAD_DEVIATION = 0.01;

  /** Prefix of the names of the parameters of the linear layer. */
  public static final String LINEAR = HEAD + "1.";

  private final ViT trunk;
  private final BatchNorm norm;
  private final Linear linear;
  private final int classes;

  private LinearProbe(ViT trunk, BatchNorm norm, Linear linear, int classes) {
    this.trunk = trunk;
    this.norm = norm;
    this.linear = linear;
    this.classes = classes;
  }

  /** Creates the parameters of the network and the head. */
  public static LinearProbe create(
      Parameters.Path path, ViTConfig config, Pooling pooling, int classes) {
    ViT trunk = ViT.create(path, config.withOutput(OutputConfig.of(pooling)));
    Parameters.Path head = path.at("head");
    BatchNorm norm =
        BatchNorm.create(head.at(0), trunk.config().pooledWidth(), NORM_EPS, NORM_MOMENTUM);
    Linear linear =
        Linear.create(
            head.at(1),
            trunk.config().pooledWidth(),
            classes,
            Init.normal(HEAD_DEVIATION),
            Init.zeros());
    return new LinearProbe(trunk, norm, linear, classes);
  }

  /** The parameters of the linear layer. */
  public static Collection<Parameter> trained(Parameters parameters) {
    return parameters.trainable().stream().filter(p -> p.name().startsWith(LINEAR)).toList();
  }

  /**
   * Folds the norm into the linear layer: W becomes {@code W / s} and b becomes {@code b - W (m /
   * s)}, of running mean m and deviation s.
   *
   * @param weight [classes, D], by rows, changed
   * @param bias [classes], changed
   */
  public static void fold(double[] mean, double[] variance, double[] weight, double[] bias) {
    for (int row = 0; row < bias.length; row++) {
      for (int i = 0; i < mean.length; i++) {
        int at = row * mean.length + i;
        weight[at] /= Math.sqrt(variance[i] + NORM_EPS);
        bias[row] -= weight[at] * mean[i];
      }
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

  /**
   * Logits in training; updates the running statistics of the norm. Only the head is recorded on
   * the tape.
   */
  public Tensor train(Ops ops, Tensor images) {
    return linear.forward(ops, norm.train(ops, frozen(ops, images)));
  }

  @Override
  public Tensor forward(Ops ops, Tensor images) {
    return classify(ops, frozen(ops, images));
  }

  @Override
  public Tensor classify(Ops ops, Tensor features) {
    return linear.forward(ops, norm.evaluate(ops, features));
  }

  private Tensor frozen(Ops ops, Tensor images) {
    try (Scope inner = ops.scope().child("trunk")) {
      return inner.keep(trunk.features(inner.eager(), images, null));
    }
  }
}
