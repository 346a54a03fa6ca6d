package io.github.maskalign.align.train;

import io.github.maskalign.align.data.Batch;
import io.github.maskalign.align.data.BatchLoader;
import io.github.maskalign.align.data.ImageSet;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.autograd.optim.GradientNorm;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.ViTClassifier;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Supervised training of a {@link ViTClassifier}: label-smoothed cross-entropy and AdamW. */
public final class ClassifierTraining {

  private static final Set<String> UNDECAYED = Set.of("cls_token", "pos_embed");

  /**
   * The hyper-parameters.
   *
   * @param schedule learning rate over fractional epochs
   * @param weightDecay on matrices
   * @param dropPath last block's rate
   * @param labelSmoothing share of the target spread over all classes
   * @param maxNorm gradients are clipped to this global norm
   * @param seed of the drop paths
   */
  public record Recipe(
      CosineSchedule schedule,
      double weightDecay,
      double dropPath,
      double labelSmoothing,
      double maxNorm,
      long seed) {}

  private final Scope scope;
  private final ViTClassifier model;
  private final Parameters parameters;
  private final int classes;
  private final Recipe recipe;
  private final long stepsPerEpoch;
  private final AdamW optimizer;
  private final SampleDropPaths dropPaths;

  /** Training from step 0; moments belong to the parameters' scope. */
  public ClassifierTraining(
      ViTClassifier model, Parameters parameters, int classes, Recipe recipe, long stepsPerEpoch) {
    this.scope = parameters.scope();
    this.model = model;
    this.parameters = parameters;
    this.classes = classes;
    this.recipe = recipe;
    this.stepsPerEpoch = stepsPerEpoch;
    this.optimizer = new AdamW(scope, groups(parameters, recipe), AdamW.Betas.USUAL);
    int depth = model.trunk().config().depth();
    this.dropPaths = new SampleDropPaths(recipe.seed, recipe.dropPath, depth);
  }

  private static List<ParameterGroup> groups(Parameters parameters, Recipe recipe) {
    Collection<Parameter> trainable = parameters.trainable();
    return List.of(
        new ParameterGroup(
            trainable.stream().filter(ClassifierTraining::decayed).toList(), 1, recipe.weightDecay),
        new ParameterGroup(trainable.stream().filter(p -> !decayed(p)).toList(), 1, 0));
  }

  private static boolean decayed(Parameter parameter) {
    return parameter.value().shape().rank() > 1 && !UNDECAYED.contains(parameter.name());
  }

  /**
   * One update.
   *
   * @throws NonFiniteException if the loss or the gradient is not finite; the weights stay as they
   *     are
   */
  public StepReport step(Batch batch) {
    double rate = recipe.schedule.at((double) batch.number() / stepsPerEpoch);
    long step = batch.number() + 1;
    try (Tape tape = Tape.open(scope, "step " + step)) {
      tape.watchAll(parameters.trainableValues());
      Tensor logits = model.forward(tape, batch.images(tape), dropPaths.draw(batch));
      Tensor loss = tape.crossEntropy(logits, targets(tape, batch.labels()));
      double value = NonFiniteException.require("loss", loss.item(), step, batch.samples());
      Gradients gradients = tape.backward(loss);
      double norm =
          NonFiniteException.require(
              "gradient norm",
              GradientNorm.of(tape.scope(), gradients, parameters.trainable()),
              step,
              batch.samples());
      optimizer.step(gradients, rate, GradientNorm.clipFactor(norm, recipe.maxNorm));
      return new StepReport(step, (double) step / stepsPerEpoch, value, rate, norm);
    }
  }

  private Tensor targets(Ops ops, int[] labels) {
    return Classification.targets(ops, DType.F32, labels, classes, recipe.labelSmoothing);
  }

  /** Share of a set's pictures whose largest logit is their label's. */
  public double accuracy(ImageSet set, Transform transform, int batchSize) {
    double right = 0;
    try (BatchLoader loader = BatchLoader.onePass(set, transform, batchSize)) {
      while (loader.hasNext()) {
        Batch batch = loader.next();
        try (Scope inner = scope.child("evaluation")) {
          float[] logits = model.forward(inner.ops(), batch.images(inner.ops())).toFloats();
          right += Classification.accuracy(logits, batch.labels(), classes, 1) * batch.size();
        }
      }
    }
    return right / (100 * set.size());
  }
}
