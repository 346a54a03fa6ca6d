package io.github.maskalign.align.train;

import io.github.maskalign.align.data.Batch;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.LayerDecay;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;

/**
 * Supervised training of all of a {@link ViTClassifier}: cross-entropy with target distributions
 * and AdamW, lower layers more slowly. From random weights it is plain supervised training.
 */
public final class FineTuning implements Training {

  /** The classifier's file in a checkpoint. */
  public static final String MODEL = "model.safetensors";

  /**
   * The hyper-parameters.
   *
   * @param pace learning rate and clipping
   * @param betas of AdamW
   * @param layerDecay factor on the rate from one layer to the next lower one
   * @param weightDecay on matrices
   * @param dropPath last block's rate
   * @param targets of the batches
   * @param seed of the drop paths
   * @param description goes into the metadata of the weights
   */
  public record Recipe(
      Updates.Pace pace,
      AdamW.Betas betas,
      double layerDecay,
      double weightDecay,
      double dropPath,
      BatchTargets targets,
      long seed,
      Map<String, String> description) {}

  private final ViTClassifier model;
  private final Parameters parameters;
  private final BatchTargets targets;
  private final Map<String, String> description;
  private final SampleDropPaths dropPaths;
  private final Updates updates;

  /** Training from step 0; moments belong to the parameters' scope. */
  public FineTuning(ViTClassifier model, Parameters parameters, Recipe recipe) {
    this.model = model;
    this.parameters = parameters;
    this.targets = recipe.targets;
    this.description = recipe.description;
    int depth = model.trunk().config().depth();
    this.dropPaths = new SampleDropPaths(recipe.seed, recipe.dropPath, depth);
    LayerDecay groups = new LayerDecay(depth, recipe.layerDecay, recipe.weightDecay);
    AdamW optimizer =
        new AdamW(parameters.scope(), groups.groups(parameters.trainable()), recipe.betas);
    this.updates = new Updates(parameters.scope(), parameters.trainable(), optimizer, recipe.pace);
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

  /** The loss of a batch, a scalar on the tape. */
  public Tensor loss(Tape tape, Batch batch) {
    // First, since it may mix the pictures.
    Tensor target = tape.of(targets.of(batch), batch.size(), model.classes());
    return tape.crossEntropy(
        model.forward(tape, batch.images(tape), dropPaths.draw(batch)), target);
  }

  /**
   * The labels of a batch.
   *
   * @throws IllegalArgumentException if it has none
   */
  static int[] labels(Batch batch) {
    if (batch.labels() == null) {
      throw new IllegalArgumentException(
          "training a classifier needs labels, and the pictures have none");
    }
    return batch.labels();
  }

  @Override
  public void save(CheckpointDraft draft) throws IOException {
    draft.file(MODEL, file -> Weights.save(file, parameters, description));
    updates.save(draft);
  }

  @Override
  public void restore(SavedCheckpoint checkpoint) {
    Weights.load(checkpoint.file(MODEL), parameters, LoadOptions.strict());
    updates.restore(checkpoint);
  }
}
