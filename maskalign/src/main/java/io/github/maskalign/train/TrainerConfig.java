package io.github.maskalign.train;

import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import java.util.function.Consumer;

/**
 * What a {@link Trainer} does, apart from the training itself.
 *
 * @param images to learn from
 * @param augmentation what is done to them
 * @param batches order and size
 * @param epochs passes over the pictures
 * @param accumulate batches in an update; what does not fill an update at the end of an epoch is
 *     used in the next
 * @param logging what is told of it
 * @param saving when to keep a checkpoint
 * @param loading how pictures are loaded; where it reports to, is not looked at
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
    LoaderOptions loading) {

  /** With the usual loading. */
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
        LoaderOptions.standard());
  }

  /** With other loading. */
  public TrainerConfig withLoading(LoaderOptions other) {
    return new TrainerConfig(
        images, augmentation, batches, epochs, accumulate, logging, saving, other);
  }

  /**
   * What a run tells of itself.
   *
   * @param every steps between two lines of the log
   * @param tensorboard whether to write for TensorBoard too
   */
  public record Logging(int every, boolean tensorboard) {

    /** A line every so many steps. */
    public static Logging every(int steps) {
      return new Logging(steps, false);
    }

    /** Checks the number. */
    public Logging {
      if (every < 1) {
        throw new IllegalArgumentException("a line every " + every + " steps; give 1 or more");
      }
    }
  }

  /**
   * When to keep a checkpoint.
   *
   * @param everySteps steps between two; with 0, one at the end of every epoch
   * @param keep how many of the newest are kept
   */
  public record Saving(int everySteps, int keep) {

    /** One at the end of every epoch, of which two are kept. */
    public static Saving standard() {
      return new Saving(0, 2);
    }

    /** Checks the numbers. */
    public Saving {
      if (everySteps < 0 || keep < 1) {
        throw new IllegalArgumentException(
            "checkpoints every %d steps, %d kept: give 0 or more steps, and keep 1 or more"
                .formatted(everySteps, keep));
      }
    }
  }

  /** Checks the numbers. */
  public TrainerConfig {
    if (epochs < 1 || accumulate < 1) {
      throw new IllegalArgumentException(
          "epochs %d and accumulation %d must be 1 or more".formatted(epochs, accumulate));
    }
    if (epochs * batches.perEpoch() < accumulate) {
      throw new IllegalArgumentException(
          "%d epochs of %d batches do not fill one update of %d"
              .formatted(epochs, batches.perEpoch(), accumulate));
    }
  }

  /** Updates in the whole run. */
  public long steps() {
    return epochs * batches.perEpoch() / accumulate;
  }

  /** Whole epochs whose batches an update after {@code step} steps has used up. */
  int epochsDone(long step) {
    return step == steps() ? epochs : Math.toIntExact(step * accumulate / batches.perEpoch());
  }

  /**
   * Loads the batches from a step on.
   *
   * @param report takes what there is to say about damaged pictures
   */
  DataLoader loader(long doneSteps, Consumer<String> report) {
    return DataLoader.start(
        images,
        augmentation,
        batches,
        doneSteps * accumulate,
        steps() * accumulate,
        loading.withReport(report));
  }
}
