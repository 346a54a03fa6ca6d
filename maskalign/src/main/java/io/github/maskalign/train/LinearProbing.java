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
 * The published linear probe: the head of a {@link LinearProbe} learns by LARS, all else is frozen.
 *
 * @since 0.1.0
 */
public final class LinearProbing extends ModelTraining {

  private static final double MOMENTUM = 0.9;
  private static final double TRUST = 0.001;

  private final LinearProbe model;

  /**
   * Training from step 0; the momentum belongs to the parameters' scope.
   *
   * @param description goes into the metadata of the weights
   */
  public LinearProbing(
      LinearProbe model,
      Parameters parameters,
      TrainStep.Pace pace,
      double weightDecay,
      Map<String, String> description) {
    super(updates(parameters, pace, weightDecay), parameters, FineTuning.MODEL, description);
    this.model = model;
  }

  private static TrainStep updates(Parameters parameters, TrainStep.Pace pace, double weightDecay) {
    Collection<Parameter> head = LinearProbe.trained(parameters);
    ParameterGroup group = new ParameterGroup(List.copyOf(head), 1, weightDecay);
    Sgd lars = Sgd.lars(parameters.scope(), List.of(group), MOMENTUM, TRUST);
    return new TrainStep(parameters.scope(), head, lars, pace);
  }

  /** {@inheritDoc} It moves the norm's statistics. */
  @Override
  public Tensor loss(Tape tape, Batch batch) {
    int[] labels = FineTuning.labels(batch);
    float[] target = Classification.targets(labels, model.classes(), 0);
    Tensor logits = model.train(tape, batch.images(tape));
    return tape.crossEntropy(logits, tape.of(target, batch.size(), model.classes()));
  }
}
