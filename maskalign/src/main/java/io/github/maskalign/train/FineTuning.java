package io.github.maskalign.train;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.LayerDecay;
import io.github.maskalign.vit.ViTClassifier;
import java.util.Map;

/**
 * Fine-tunes all parameters of a {@link ViTClassifier}: cross-entropy with target distributions,
 * AdamW, and layer-wise learning rate decay. From random weights it is plain supervised training.
 *
 * @since 0.1.0
 */
public final class FineTuning extends ModelTraining {

  /** The classifier's file in a checkpoint. */
  public static final String MODEL = "model.safetensors";

  /**
   * The hyper-parameters.
   *
   * @param options learning rate and clipping
   * @param betas of AdamW
   * @param layerDecay factor on the learning rate from one layer to the next lower one
   * @param weightDecay on matrices
   * @param dropPath stochastic depth rate of the last block
   * @param targets target distributions of a batch
   * @param seed of stochastic depth
   * @param description metadata of the weight file
   */
  public record Recipe(
      TrainStep.Options options,
      AdamW.Betas betas,
      double layerDecay,
      double weightDecay,
      double dropPath,
      SoftTargets targets,
      long seed,
      Map<String, String> description) {}

  private final ViTClassifier model;
  private final SoftTargets targets;
  private final DropPathSampler dropPaths;

  /** Starts at step 0; the parameters' scope owns the optimizer state. */
  public FineTuning(ViTClassifier model, Parameters parameters, Recipe recipe) {
    super(trainStep(model, parameters, recipe), parameters, MODEL, recipe.description);
    this.model = model;
    this.targets = recipe.targets;
    int depth = model.trunk().config().depth();
    this.dropPaths = new DropPathSampler(recipe.seed, recipe.dropPath, depth);
  }

  private static TrainStep trainStep(ViTClassifier model, Parameters parameters, Recipe recipe) {
    int depth = model.trunk().config().depth();
    LayerDecay groups = new LayerDecay(depth, recipe.layerDecay, recipe.weightDecay);
    AdamW optimizer =
        new AdamW(parameters.scope(), groups.groups(parameters.trainable()), recipe.betas);
    return new TrainStep(parameters.scope(), parameters.trainable(), optimizer, recipe.options);
  }

  @Override
  public Tensor loss(Tape tape, Batch batch) {
    // Computed first, since it may mix the pictures.
    Tensor target = tape.of(targets.of(batch), batch.size(), model.classes());
    return tape.crossEntropy(
        model.forward(tape, batch.images(tape), dropPaths.draw(batch)), target);
  }

  /**
   * The labels of a batch.
   *
   * @throws ArgumentException if it has none
   */
  static int[] labels(Batch batch) {
    if (batch.labels() == null) {
      throw new ArgumentException(
          "training a classifier requires labels, but the images have none");
    }
    return batch.labels();
  }
}
