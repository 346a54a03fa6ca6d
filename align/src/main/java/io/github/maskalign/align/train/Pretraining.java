package io.github.maskalign.align.train;

import io.github.maskalign.align.MaskAlign;
import io.github.maskalign.align.Masking;
import io.github.maskalign.align.PretrainGroups;
import io.github.maskalign.align.Targets;
import io.github.maskalign.align.data.Batch;
import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.autograd.optim.GradientBuffer;
import io.github.maskalign.autograd.optim.GradientNorm;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * MaskAlign pre-training, step by step: the teacher has seen whole pictures, the student sees the
 * visible patches, and AdamW moves the student and its alignment. Everything random in a step is a
 * function of the seed, the step and the sample, so going on from a checkpoint gives the same bits.
 */
public final class Pretraining {

  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String STATE = "state.json";

  /** The student's file in a checkpoint. */
  public static final String STUDENT = "student.safetensors";

  /**
   * The hyper-parameters.
   *
   * @param schedule learning rate over fractional epochs
   * @param weightDecay on the parameters that the recipe decays
   * @param dropPath last block's rate
   * @param seed of masks and drop paths
   */
  public record Recipe(CosineSchedule schedule, double weightDecay, double dropPath, long seed) {}

  /**
   * What a checkpoint notes beside the tensors.
   *
   * @param step steps done
   * @param updates number of updates that each parameter has had
   */
  public record State(long step, Map<String, Long> updates) {}

  private final Scope scope;
  private final MaskAlign model;
  private final Parameters parameters;
  private final TargetSource source;
  private final Recipe recipe;
  private final long batchesPerEpoch;
  private final Masking masking;
  private final SampleDropPaths dropPaths;
  private final AdamW optimizer;
  private long steps;

  /** Training from step 0; moments belong to the parameters' scope. */
  public Pretraining(
      MaskAlign model,
      Parameters parameters,
      TargetSource source,
      Recipe recipe,
      long batchesPerEpoch) {
    this.scope = parameters.scope();
    this.model = model;
    this.parameters = parameters;
    this.source = source;
    this.recipe = recipe;
    this.batchesPerEpoch = batchesPerEpoch;
    this.masking = new Masking(model.plan().config().mask(), recipe.seed);
    int depth = model.student().config().depth();
    this.dropPaths = new SampleDropPaths(recipe.seed, recipe.dropPath, depth);
    this.optimizer =
        new AdamW(scope, PretrainGroups.of(parameters, recipe.weightDecay), AdamW.Betas.PRETRAIN);
  }

  /** Steps done so far. */
  public long steps() {
    return steps;
  }

  /**
   * One update from one batch, or from several whose gradients are averaged.
   *
   * @throws NonFiniteException if a loss or the gradient is not finite; the weights stay as they
   *     are
   */
  public StepReport step(List<Batch> batches) {
    Batch first = batches.getFirst();
    double rate = recipe.schedule.at((double) first.number() / batchesPerEpoch);
    try (Scope inner = scope.child("step")) {
      GradientBuffer sums = new GradientBuffer(inner, parameters.trainable());
      double loss = 0;
      for (Batch batch : batches) {
        try (Tape tape = Tape.open(inner, "batch")) {
          Tensor value = loss(tape, batch);
          loss += finite("loss", value.item(), batch) / batches.size();
          GradientSource gradients = tape.backward(value);
          if (batches.size() == 1) {
            return update(inner, gradients, loss, rate, batch);
          }
          sums.add(gradients, 1.0 / batches.size());
        }
      }
      return update(inner, sums, loss, rate, batches.getLast());
    }
  }

  private Tensor loss(Tape tape, Batch batch) {
    Tensor images = batch.images(tape);
    Targets targets = source.targets(tape, batch, images);
    long[] samples = Arrays.stream(batch.samples()).asLongStream().toArray();
    int[] visible = model.visible(masking, targets, batch.number(), samples);
    tape.watchAll(parameters.trainableValues());
    return model.forward(tape, images, targets, visible, dropPaths.draw(batch)).loss().total();
  }

  private StepReport update(
      Scope inner, GradientSource gradients, double loss, double rate, Batch last) {
    double norm =
        finite("gradient norm", GradientNorm.of(inner, gradients, parameters.trainable()), last);
    optimizer.step(gradients, rate, 1);
    steps++;
    double epoch = (double) (last.number() + 1) / batchesPerEpoch;
    return new StepReport(steps, epoch, loss, rate, norm);
  }

  private double finite(String what, double value, Batch batch) {
    return NonFiniteException.require(what, value, steps + 1, batch.samples());
  }

  /** Adds all that {@link #restore} needs to a checkpoint. The teacher is not part of it. */
  public void save(CheckpointDraft draft) throws IOException {
    draft.file(STUDENT, file -> StudentFiles.saveAll(file, parameters, source.teacherId()));
    draft.file(OPTIMIZER, file -> StudentFiles.saveTensors(file, optimizer.state()));
    draft.json(STATE, new State(steps, optimizer.steps()));
  }

  /**
   * Goes back to a checkpoint of a run with the same configuration.
   *
   * @throws io.github.maskalign.tensor.FormatException if its tensors do not fit
   */
  public void restore(SavedCheckpoint checkpoint) {
    State state = checkpoint.json(STATE, State.class);
    StudentFiles.loadAll(checkpoint.file(STUDENT), parameters);
    StudentFiles.loadTensors(checkpoint.file(OPTIMIZER), optimizer.state());
    optimizer.restoreSteps(state.updates);
    steps = state.step;
  }
}
