package io.github.maskalign.train;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.autograd.optim.Sgd;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.LinearProbe;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The published linear probing protocol (He et al., arXiv 2111.06377): trains the head of a {@link
 * LinearProbe} with LARS on augmented pictures, with the network frozen. For a quick score of
 * features that are already extracted, see {@link io.github.maskalign.eval.SoftmaxRegression}.
 *
 * @since 0.1.0
 */
public final class LinearProbing extends ModelTraining {

  private static final double MOMENTUM = 0.9;
  private static final double TRUST = 0.001;

  private final LinearProbe model;

  /**
   * Starts at step 0; the parameters' scope owns the optimizer state.
   *
   * @param description metadata of the weight file
   */
  public LinearProbing(
      LinearProbe model,
      Parameters parameters,
      TrainStep.Options options,
      double weightDecay,
      Map<String, String> description) {
    super(trainStep(parameters, options, weightDecay), parameters, FineTuning.MODEL, description);
    this.model = model;
  }

  private static TrainStep trainStep(
      Parameters parameters, TrainStep.Options options, double weightDecay) {
    Collection<Parameter> head = LinearProbe.trained(parameters);
    ParameterGroup group = new ParameterGroup(List.copyOf(head), 1, weightDecay);
    Sgd lars = Sgd.lars(parameters.scope(), List.of(group), MOMENTUM, TRUST);
    return new TrainStep(parameters.scope(), head, lars, options);
  }

  /** {@inheritDoc} Updates the running statistics of the batch norm. */
  @Override
  public Tensor loss(Tape tape, Batch batch) {
    int[] labels = FineTuning.labels(batch);
    float[] target = Classification.targets(labels, model.classes(), 0);
    Tensor logits = model.train(tape, batch.images(tape));
    return tape.crossEntropy(logits, tape.of(target, batch.size(), model.classes()));
  }
}
