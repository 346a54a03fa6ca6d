package io.github.maskalign.train;

import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Configuration of a {@link Trainer}: data, epochs, logging and checkpoints.
 *
 * @param images the training set
 * @param augmentation transform and seed of the crops
 * @param batches order and size of the batches
 * @param epochs passes over the training set
 * @param accumulate batches per update; batches left over at the end of an epoch count for the next
 * @param logging what to log
 * @param saving when to save checkpoints
 * @param loading how pictures are loaded; its {@code report} and {@code stop} are ignored
 * @param evaluation the sets on which the evaluator scores the model, to notice when they change
 * @since 0.1.0
 */
public record TrainerConfig(
    Dataset images,
    Augmentation augmentation,
    BatchSampler batches,
    int epochs,
    int accumulate,
    Logging logging,
    Saving saving,
    LoaderOptions loading,
    List<Dataset> evaluation) {

  /** With the default loading. */
  public TrainerConfig(
      Dataset images,
      Augmentation augmentation,
      BatchSampler batches,
      int epochs,
      int accumulate,
      Logging logging,
      Saving saving) {
    this(
        images,
        augmentation,
        batches,
        epochs,
        accumulate,
        logging,
        saving,
        LoaderOptions.standard(),
        List.of());
  }

  /** The same with other loading. */
  public TrainerConfig withLoading(LoaderOptions other) {
    return new TrainerConfig(
        images, augmentation, batches, epochs, accumulate, logging, saving, other, evaluation);
  }

  /** The same with these sets to evaluate on. */
  public TrainerConfig withEvaluation(List<Dataset> sets) {
    return new TrainerConfig(
        images, augmentation, batches, epochs, accumulate, logging, saving, loading, sets);
  }

  /**
   * What a run logs.
   *
   * @param every steps between two log entries
   * @param tensorboard whether to write TensorBoard event files too
   */
  public record Logging(int every, boolean tensorboard) {

    /** A log entry every {@code steps} steps. */
    public static Logging every(int steps) {
      return new Logging(steps, false);
    }

    /** Checks the number. */
    public Logging {
      if (every < 1) {
        throw new ArgumentException("a log entry every " + every + " steps: must be at least 1");
      }
    }
  }

  /**
   * When to save checkpoints.
   *
   * @param everySteps steps between two checkpoints; with 0, one at the end of every epoch
   * @param keep number of the newest checkpoints to keep
   */
  public record Saving(int everySteps, int keep) {

    /** A checkpoint at the end of every epoch, of which two are kept. */
    public static Saving standard() {
      return new Saving(0, 2);
    }

    /** Checks the numbers. */
    public Saving {
      if (everySteps < 0 || keep < 1) {
        throw new ArgumentException(
            "checkpoints every %d steps, %d kept: must be at least 0 steps and at least 1 kept"
                .formatted(everySteps, keep));
      }
    }
  }

  /** Checks the numbers. */
  public TrainerConfig {
    evaluation = List.copyOf(evaluation);
    if (epochs < 1 || accumulate < 1) {
      throw new ArgumentException(
          "epochs %d and accumulation %d must be at least 1".formatted(epochs, accumulate));
    }
    if (epochs * batches.perEpoch() < accumulate) {
      throw new ArgumentException(
          "%s of %s: fewer than the %d of one update"
              .formatted(
                  Quantity.of(epochs, "epoch"),
                  Quantity.of(batches.perEpoch(), "batch"),
                  accumulate));
    }
  }

  /** Updates in the whole run. */
  public long steps() {
    return epochs * batches.perEpoch() / accumulate;
  }

  /** Number of epochs completed after {@code step} updates. */
  int epochsDone(long step) {
    return step == steps() ? epochs : Math.toIntExact(step * accumulate / batches.perEpoch());
  }

  /**
   * Loads the batches from a step on.
   *
   * @param report receives messages about damaged pictures
   * @param stop whether to give up waiting when reading hangs
   */
  DataLoader loader(long doneSteps, Consumer<String> report, BooleanSupplier stop) {
    return DataLoader.start(
        images,
        augmentation,
        batches,
        doneSteps * accumulate,
        steps() * accumulate,
        loading.withReport(report).withStop(stop));
  }
}
