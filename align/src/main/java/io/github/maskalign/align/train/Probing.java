package io.github.maskalign.align.train;

import io.github.maskalign.align.data.Batch;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.autograd.optim.Sgd;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.ProbedViT;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The published linear probe: the head of a {@link ProbedViT} learns by LARS, all else is frozen.
 */
public final class Probing implements Training {

  private static final double MOMENTUM = 0.9;
  private static final double TRUST = 0.001;

  private final ProbedViT model;
  private final Parameters parameters;
  private final Updates updates;
  private final Map<String, String> description;

  /**
   * Training from step 0; the momentum belongs to the parameters' scope.
   *
   * @param description goes into the metadata of the weights
   */
  public Probing(
      ProbedViT model,
      Parameters parameters,
      Updates.Pace pace,
      double weightDecay,
      Map<String, String> description) {
    this.description = description;
    this.model = model;
    this.parameters = parameters;
    Collection<Parameter> head = ProbedViT.trained(parameters);
    ParameterGroup group = new ParameterGroup(List.copyOf(head), 1, weightDecay);
    Sgd lars = Sgd.lars(parameters.scope(), List.of(group), MOMENTUM, TRUST);
    this.updates = new Updates(parameters.scope(), head, lars, pace);
  }

  /** The part that moves the parameters. */
  public Updates updates() {
    return updates;
  }

  @Override
  public long steps() {
    return updates.steps();
  }

  @Override
  public StepReport step(Iterator<Batch> batches, int count) {
    return updates.step(batches, count, this::loss);
  }

  /** The loss of a batch, a scalar on the tape; moves the norm's statistics. */
  public Tensor loss(Tape tape, Batch batch) {
    int[] labels = FineTuning.labels(batch);
    float[] target = Classification.targets(labels, model.classes(), 0);
    Tensor logits = model.train(tape, batch.images(tape));
    return tape.crossEntropy(logits, tape.of(target, batch.size(), model.classes()));
  }

  @Override
  public void save(CheckpointDraft draft) throws IOException {
    draft.file(FineTuning.MODEL, file -> Weights.save(file, parameters, description));
    updates.save(draft);
  }

  @Override
  public void restore(SavedCheckpoint checkpoint) {
    Weights.load(checkpoint.file(FineTuning.MODEL), parameters, LoadOptions.strict());
    updates.restore(checkpoint);
  }
}
