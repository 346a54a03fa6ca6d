package io.github.maskalign.train;

import io.github.maskalign.Masking;
import io.github.maskalign.PretrainObjective;
import io.github.maskalign.Targets;
import io.github.maskalign.WeightDecayGroups;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.StudentFiles;
import io.github.maskalign.vit.StochasticDepth;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pre-training with a {@link PretrainObjective}: targets of the whole pictures, masks, the
 * student's loss at the visible patches, and AdamW. All random numbers of a step are functions of
 * the seed, the step and the sample, so a resumed run has the same bits.
 *
 * @since 0.1.0
 */
public final class Pretraining extends ModelTraining {

  /** The student's file in a checkpoint. */
  public static final String STUDENT = "student.safetensors";

  /**
   * The hyper-parameters.
   *
   * @param options learning rate and clipping
   * @param betas of AdamW
   * @param weightDecay weight decay of the parameters in {@link
   *     io.github.maskalign.WeightDecayGroups}
   * @param dropPath stochastic depth rate of the last block
   * @param seed of masks and stochastic depth
   */
  public record Recipe(
      TrainStep.Options options,
      AdamW.Betas betas,
      double weightDecay,
      double dropPath,
      long seed) {

    /** The released recipe's optimizer, without gradient clipping. */
    public static Recipe released(
        CosineSchedule schedule,
        long batchesPerEpoch,
        double weightDecay,
        double dropPath,
        long seed) {
      TrainStep.Options options = TrainStep.Options.unclipped(schedule, batchesPerEpoch);
      return new Recipe(options, AdamW.Betas.PRETRAIN, weightDecay, dropPath, seed);
    }
  }

  private final PretrainObjective objective;
  private final TargetSource source;
  private final Masking masking;
  private final DropPathSampler dropPaths;

  /**
   * Starts at step 0; the parameters' scope owns the optimizer state. A checkpoint does not contain
   * the teacher.
   */
  public Pretraining(
      PretrainObjective objective, Parameters parameters, TargetSource source, Recipe recipe) {
    this(objective, parameters, source, recipe, Map.of());
  }

  /**
   * The same with metadata of the student's file in checkpoints.
   *
   * @param description such as its preprocessing, see {@link
   *     io.github.maskalign.vit.weights.ModelCard#note}
   */
  public Pretraining(
      PretrainObjective objective,
      Parameters parameters,
      TargetSource source,
      Recipe recipe,
      Map<String, String> description) {
    super(
        trainStep(parameters, recipe),
        parameters,
        STUDENT,
        StudentFiles.metadata(source.teacherId(), description));
    this.objective = objective;
    this.source = source;
    this.masking = new Masking(objective.mask(), recipe.seed);
    int depth = objective.student().config().depth();
    this.dropPaths = new DropPathSampler(recipe.seed, recipe.dropPath, depth);
  }

  private static TrainStep trainStep(Parameters parameters, Recipe recipe) {
    AdamW optimizer =
        new AdamW(
            parameters.scope(), WeightDecayGroups.of(parameters, recipe.weightDecay), recipe.betas);
    return new TrainStep(parameters.scope(), parameters.trainable(), optimizer, recipe.options);
  }

  @Override
  public void requireSameNetworks(Checkpoint checkpoint) {
    try (WeightFile student = WeightFiles.open(checkpoint.file(STUDENT))) {
      StudentFiles.requireTeacher(student.metadata(), source.teacherId(), checkpoint.folder());
    }
  }

  @Override
  public Tensor loss(Tape tape, Batch batch) {
    return loss(objective, source, masking, dropPaths.draw(batch), tape, batch);
  }

  /**
   * The loss of a batch, a scalar on the tape.
   *
   * @param depth stochastic depth; none if null
   */
  public static Tensor loss(
      PretrainObjective objective,
      TargetSource source,
      Masking masking,
      @Nullable StochasticDepth depth,
      Tape tape,
      Batch batch) {
    Tensor images = batch.images(tape);
    Targets targets = source.targets(tape, batch, images);
    long[] samples = Arrays.stream(batch.samples()).asLongStream().toArray();
    int[] visible = objective.visible(masking, targets, batch.number(), samples);
    return objective.loss(tape, images, targets, visible, depth).total();
  }
}
