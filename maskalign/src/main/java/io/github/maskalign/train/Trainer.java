package io.github.maskalign.train;

import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.StoppedException;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.tensor.error.ThreadInterruptedException;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.MachineInfo;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogEntry;
import io.github.maskalign.train.log.MixKeys;
import io.github.maskalign.train.log.ProgressDisplay;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link Training} over its epochs: loads batches, logs, shows progress, evaluates between
 * epochs, saves checkpoints and handles Ctrl-C. A resumed run has the same bits as one that was
 * never stopped.
 *
 * @since 0.1.0
 */
public final class Trainer {

  private static final String PROGRESS = "run.json";
  private static final String CLOCK = "clock.json";
  private static final String INPUTS = "inputs.json";

  /**
   * Progress of the run, in a checkpoint.
   *
   * @param step of the checkpoint
   * @param best the best score so far, null before the first
   */
  public record Progress(long step, @Nullable Double best) {}

  /** Progress in checkpoints of earlier versions. */
  public record Best(@Nullable Double best) {}

  /**
   * Training time, in a checkpoint file of its own since it differs from run to run.
   *
   * @param seconds training time so far
   */
  public record Clock(double seconds) {

    /** Checks the time. */
    public Clock {
      if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)) {
        throw new ArgumentException("a training time of " + seconds + " s");
      }
    }
  }

  private final String name;
  private final Training training;
  private final TrainerConfig plan;
  private final RunFolder folder;
  private final Metrics.Evaluator evaluator;
  private final CheckpointStore checkpoints;
  private final CheckpointStore best;
  private final InputCheck inputs;
  private final List<Checkpoint> rejected = new ArrayList<>();
  private OptionalDouble bestScore = OptionalDouble.empty();
  private double seconds;

  /**
   * A run that writes to a folder.
   *
   * @param name label of the progress display
   * @param evaluator evaluates the model at the end of each epoch
   */
  public Trainer(
      String name,
      Training training,
      TrainerConfig plan,
      RunFolder folder,
      Metrics.Evaluator evaluator) {
    this.name = name;
    this.training = training;
    this.plan = plan;
    this.folder = folder;
    this.evaluator = evaluator;
    this.checkpoints = new CheckpointStore(folder.checkpoints(), plan.saving().keep());
    this.best = new CheckpointStore(folder.best(), 1);
    this.inputs = new InputCheck(plan, training.numerics());
  }

  /** Like {@link #resume(Consumer)}, without the notes. */
  public long resume() {
    return resume(_ -> {});
  }

  /**
   * Restores the newest checkpoint of the folder that is complete and unchanged.
   *
   * @param notes receives a line for each newer one, with the reason for not using it, and a line
   *     for what differs from the machine or the evaluation data of the checkpoint
   * @return the number of steps done
   * @throws ArgumentException if there is no checkpoint, or the training data or the teacher are
   *     not its own
   * @throws FormatException if none can be used, with the reasons
   */
  public long resume(Consumer<String> notes) {
    rejected.clear();
    List<String> reasons = new ArrayList<>();
    for (Checkpoint checkpoint : checkpoints.all()) {
      RunInputs then;
      try {
        then = restore(checkpoint);
      } catch (OutOfMemoryException | ThreadInterruptedException e) {
        throw e; // Says nothing about the checkpoint.
      } catch (TensorException | UncheckedIOException e) {
        rejected.add(checkpoint);
        reasons.add("checkpoint %s: %s".formatted(checkpoint.step(), e.getMessage()));
        continue;
      }
      reasons.forEach(reason -> notes.accept("Not used: " + reason));
      training.requireSameNetworks(checkpoint);
      if (!inputs.resumes(checkpoint, then, notes)) {
        bestScore = OptionalDouble.empty();
      }
      return training.steps();
    }
    if (reasons.isEmpty()) {
      throw new ArgumentException(
          folder
              + " has no complete checkpoint to resume from; start the run again without --resume");
    }
    throw new FormatException(
        folder + " has no checkpoint that can be used: " + String.join("; ", reasons));
  }

  /** Restores a checkpoint and returns its inputs; null if it does not record them. */
  private @Nullable RunInputs restore(Checkpoint checkpoint) {
    checkpoint.verify();
    if (checkpoint.step() > plan.steps()) {
      throw new FormatException("the run has only " + Quantity.of(plan.steps(), "step"));
    }
    Double score = score(checkpoint);
    double time = checkpoint.json(CLOCK, Clock.class).seconds;
    RunInputs then = checkpoint.isSealed() ? checkpoint.json(INPUTS, RunInputs.class) : null;
    training.restore(checkpoint);
    bestScore = score == null ? OptionalDouble.empty() : OptionalDouble.of(score);
    seconds = time;
    return then;
  }

  private static @Nullable Double score(Checkpoint checkpoint) {
    if (!checkpoint.isSealed()) {
      return checkpoint.json(PROGRESS, Best.class).best;
    }
    Progress progress = checkpoint.json(PROGRESS, Progress.class);
    if (progress.step != checkpoint.step()) {
      throw new FormatException(
          "%s is of step %d".formatted(checkpoint.file(PROGRESS), progress.step));
    }
    return progress.best;
  }

  /** Whether all epochs are done. */
  public boolean isComplete() {
    return training.steps() == plan.steps();
  }

  /** Adds time spent before the first step to the training time. */
  public void spent(double before) {
    seconds += before;
  }

  /** The best score so far; none if nothing is scored. */
  public OptionalDouble bestScore() {
    return bestScore;
  }

  /**
   * Trains until all epochs are done or a stop is requested, then saves a checkpoint. Those that
   * {@link #resume} did not use are renamed before.
   *
   * @return whether all epochs are done
   */
  public boolean train(StopSignal stop, boolean quiet) {
    folder.saveMachine(MachineInfo.describe(training.backend()));
    folder.saveInputs(inputs.started());
    folder.clearFailure();
    checkpoints.setAside(rejected);
    rejected.clear();
    try {
      if (trained(stop, quiet)) {
        training.requireFinite();
        save(checkpoints);
      }
    } catch (NonFiniteException e) {
      folder.saveFailure(e.getMessage());
      throw e;
    }
    return isComplete();
  }

  /** Trains until the end or a stop; false if it came while reading hung, within a step. */
  private boolean trained(StopSignal stop, boolean quiet) {
    long total = plan.steps();
    long first = training.steps();
    try (StepLogger log = StepLogger.open(folder, plan.logging(), first);
        ProgressDisplay display = ProgressDisplay.open(name, first, total, quiet)) {
      Consumer<String> report = quiet ? System.err::println : display::message;
      try (DataLoader loader = plan.loader(first, report, stop::requested)) {
        CountedBatches batches = new CountedBatches(loader);
        try {
          while (training.steps() < total && !stop.requested()) {
            step(batches, log, display);
            batches.stepDone();
          }
        } catch (StoppedException e) {
          if (batches.isWithinStep()) {
            report.accept("Reading hangs: the step in progress is not saved");
            return false;
          }
        }
      }
    }
    return true;
  }

  /** A step, and the evaluation, log entry and checkpoint that are due after it. */
  private void step(CountedBatches batches, StepLogger log, ProgressDisplay display) {
    long start = System.nanoTime();
    StepReport report = training.step(batches, plan.accumulate());
    seconds += (System.nanoTime() - start) * 1e-9;
    boolean last = report.step() == plan.steps();
    int epochs = plan.epochsDone(report.step());
    boolean epochEnds = epochs > plan.epochsDone(report.step() - 1);
    LogEntry entry = entry(report, batches.epoch(), batches.imagesPerSecond());
    display.update(entry);
    boolean due = isDue(report.step(), epochEnds);
    if (last || epochEnds || due) {
      training.requireFinite();
    }
    if (epochEnds) {
      inputs.requireSameData(epochs);
    }
    Metrics measured = epochEnds ? evaluator.evaluate(epochs, last) : Metrics.none();
    if (report.step() % plan.logging().every() == 0 || last || epochEnds) {
      log.write(entry, extras(measured, batches.waitedSeconds()));
      batches.restart();
    }
    show(measured, epochs, display);
    keepBest(measured);
    if (!last && due) {
      save(checkpoints);
    }
  }

  private boolean isDue(long step, boolean epochEnds) {
    int every = plan.saving().everySteps();
    return every == 0 ? epochEnds : step % every == 0;
  }

  /** If waiting takes more than a few percent of the time, loading is the bottleneck. */
  private Map<String, Double> extras(Metrics measured, double waited) {
    Map<String, Double> extras = new LinkedHashMap<>();
    extras.put("train_s", toMillis(seconds));
    extras.put("waited_s", toMillis(waited));
    extras.putAll(measured.values());
    return extras;
  }

  private static double toMillis(double seconds) {
    return Math.round(seconds * 1e3) / 1e3;
  }

  private static void show(Metrics measured, int epochs, ProgressDisplay display) {
    StringBuilder line = new StringBuilder();
    measured.values().entrySet().stream()
        // The entries of the mixing matrix are for programs, not for the console.
        .filter(entry -> MixKeys.parse(entry.getKey()).isEmpty())
        .forEach(
            entry ->
                line.append(
                    String.format(Locale.ROOT, "  %s %.4g", entry.getKey(), entry.getValue())));
    if (!line.isEmpty()) {
      display.message("epoch " + epochs + line);
    }
    measured.lines().forEach(display::message);
  }

  private void keepBest(Metrics measured) {
    OptionalDouble score = measured.score();
    if (score.isPresent()
        && (bestScore.isEmpty() || score.getAsDouble() > bestScore.getAsDouble())) {
      bestScore = score;
      save(best);
    }
  }

  private Progress progress() {
    return new Progress(training.steps(), bestScore.isEmpty() ? null : bestScore.getAsDouble());
  }

  private void save(CheckpointStore place) {
    place.save(
        training.steps(),
        writer -> {
          training.save(writer);
          writer.json(PROGRESS, progress());
          writer.json(CLOCK, new Clock(seconds));
          writer.json(INPUTS, inputs.started());
        });
  }

  private static LogEntry entry(StepReport report, int epoch, double imagesPerSecond) {
    return new LogEntry(
        report.step(),
        epoch,
        report.loss(),
        report.learningRate(),
        report.gradientNorm(),
        imagesPerSecond);
  }
}
