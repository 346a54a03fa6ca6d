package io.github.maskalign.train;

import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.autograd.optim.GradientAccumulator;
import io.github.maskalign.autograd.optim.GradientNorm;
import io.github.maskalign.autograd.optim.Optimizer;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointWriter;
import io.github.maskalign.train.checkpoint.TensorFiles;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * One training step, shared by all kinds of training: losses of one or more batches, averaged and
 * clipped gradients, and an optimizer step at the scheduled learning rate. Losses and gradients
 * that are not finite never reach the weights.
 *
 * @since 0.1.0
 */
public final class TrainStep {

  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String STATE = "state.json";

  /** The loss of a batch, a scalar; the tape already watches the parameters. */
  @FunctionalInterface
  public interface Loss {

    /** Computes it on the tape. */
    Tensor of(Tape tape, Batch batch);
  }

  /**
   * Learning rate schedule and gradient clipping.
   *
   * @param schedule learning rate by fractional epoch, evaluated at a step's first batch
   * @param batchesPerEpoch batches per epoch
   * @param maxNorm maximum global gradient norm
   */
  public record Options(CosineSchedule schedule, long batchesPerEpoch, double maxNorm) {

    /** Without gradient clipping. */
    public static Options unclipped(CosineSchedule schedule, long batchesPerEpoch) {
      return new Options(schedule, batchesPerEpoch, Double.POSITIVE_INFINITY);
    }

    /** Checks the values. */
    public Options {
      if (batchesPerEpoch < 1 || !(maxNorm > 0)) {
        throw new ArgumentException(
            "training: %d batches per epoch, gradients clipped to %s; both must be positive"
                .formatted(batchesPerEpoch, maxNorm));
      }
    }
  }

  /**
   * State in a checkpoint besides the tensors.
   *
   * @param step steps done
   * @param updates number of updates of each parameter
   */
  public record State(long step, Map<String, Long> updates) {

    /** Checks the numbers. */
    public State {
      if (updates == null) {
        throw new ArgumentException("it has no number of updates");
      }
      for (Map.Entry<String, Long> entry : updates.entrySet()) {
        Long count = entry.getValue();
        if (count == null || count < 0 || count > step) {
          throw new ArgumentException(
              "%s updates of %s after %d steps".formatted(count, entry.getKey(), step));
        }
      }
    }
  }

  private final Scope scope;
  private final List<Parameter> trained;
  private final List<Tensor> values;
  private final Optimizer optimizer;
  private final Options options;
  private long steps;

  /**
   * Starts at step 0.
   *
   * @param scope owns the tensors of a step
   * @param trained the parameters that get gradients
   */
  public TrainStep(
      Scope scope, Collection<Parameter> trained, Optimizer optimizer, Options options) {
    this.scope = scope;
    this.trained = List.copyOf(trained);
    this.values = this.trained.stream().map(Parameter::value).toList();
    this.optimizer = optimizer;
    this.options = options;
  }

  /** The optimizer. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** Steps done so far. */
  public long steps() {
    return steps;
  }

  /** One update; see {@link Training#step}. */
  public StepReport step(Iterator<Batch> batches, int count, Loss loss) {
    try (Scope inner = scope.child("step")) {
      GradientAccumulator sums = new GradientAccumulator(inner, trained);
      double mean = 0;
      double rate = 0;
      for (int done = 1; ; done++) {
        Batch batch = batches.next();
        requirePixels(batch);
        if (done == 1) {
          rate = options.schedule.at((double) batch.number() / options.batchesPerEpoch);
        }
        try (Tape tape = Tape.open(inner, "batch")) {
          tape.watchAll(values);
          Tensor value = loss.of(tape, batch);
          mean += finite(tape, value.item(), batch) / count;
          GradientSource gradients = tape.backward(value);
          if (count == 1) {
            return update(inner, gradients, mean, rate, batch);
          }
          sums.add(gradients, 1.0 / count);
        }
        if (done == count) {
          return update(inner, sums, mean, rate, batch);
        }
      }
    }
  }

  /** Checked before a teacher or a norm reads the pixels, whose error would name another cause. */
  private void requirePixels(Batch batch) {
    int sample = NonFiniteSearch.sample(batch);
    if (sample >= 0) {
      throw new NonFiniteException(
          "a pixel", Double.NaN, steps + 1, batch.samples(), "the pixels of sample " + sample);
    }
  }

  private double finite(Tape tape, double loss, Batch batch) {
    if (!Double.isFinite(loss)) {
      NonFiniteSearch search = new NonFiniteSearch(trained);
      throw new NonFiniteException(
          "loss", loss, steps + 1, batch.samples(), search.behindLoss(tape));
    }
    return loss;
  }

  private StepReport update(
      Scope inner, GradientSource gradients, double loss, double rate, Batch last) {
    double norm = GradientNorm.of(inner, gradients, trained);
    if (!Double.isFinite(norm)) {
      NonFiniteSearch search = new NonFiniteSearch(trained);
      throw new NonFiniteException(
          "gradient norm", norm, steps + 1, last.samples(), search.among(gradients));
    }
    optimizer.step(gradients, rate, GradientNorm.clipFactor(norm, options.maxNorm));
    steps++;
    double epoch = (double) (last.number() + 1) / options.batchesPerEpoch;
    return new StepReport(steps, epoch, loss, rate, norm);
  }

  /** Adds the optimizer's state to a checkpoint. */
  public void save(CheckpointWriter writer) throws IOException {
    writer.file(
        OPTIMIZER, file -> TensorFiles.save(file, optimizer.state(), Checkpoint.metadata(steps)));
    writer.json(STATE, new State(steps, optimizer.steps()));
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws FormatException if it does not fit the optimizer, or is not of the checkpoint's step
   */
  public void restore(Checkpoint checkpoint) {
    State state = checkpoint.json(STATE, State.class);
    if (state.step != checkpoint.step()) {
      throw new FormatException("%s is of step %d".formatted(checkpoint.file(STATE), state.step));
    }
    if (!state.updates.keySet().equals(optimizer.steps().keySet())) {
      throw new FormatException(checkpoint.file(STATE) + " does not name the trained parameters");
    }
    checkpoint.requireStep(
        OPTIMIZER, TensorFiles.load(checkpoint.file(OPTIMIZER), optimizer.state()));
    optimizer.restoreSteps(state.updates);
    steps = state.step;
  }
}
