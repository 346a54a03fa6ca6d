package io.github.maskalign.align.train;

import io.github.maskalign.align.data.Augmentation;
import io.github.maskalign.align.data.Batch;
import io.github.maskalign.align.data.BatchLoader;
import io.github.maskalign.align.data.Batches;
import io.github.maskalign.align.data.ImageSet;
import java.util.ArrayList;
import java.util.List;

/** Runs a {@link Pretraining} over its epochs: batches, log, progress, checkpoints, Ctrl-C. */
public final class PretrainRun {

  private static final int CHECKPOINTS_KEPT = 2;

  /**
   * What a run needs besides the training itself.
   *
   * @param images to learn from, labels unused
   * @param augmentation what is done to them
   * @param batches order and size
   * @param epochs passes over the pictures
   * @param accumulate batches in an update; what does not fill an update at the end of an epoch is
   *     used in the next
   * @param logEvery steps between two lines of the log
   */
  public record Plan(
      ImageSet images,
      Augmentation augmentation,
      Batches batches,
      int epochs,
      int accumulate,
      int logEvery) {

    /** Checks the numbers. */
    public Plan {
      if (epochs < 1 || accumulate < 1 || logEvery < 1) {
        throw new IllegalArgumentException(
            "epochs %d, accumulation %d and log interval %d must be 1 or more"
                .formatted(epochs, accumulate, logEvery));
      }
    }

    /** Updates in the whole run. */
    public long steps() {
      return epochs * batches.perEpoch() / accumulate;
    }
  }

  private final Pretraining training;
  private final Plan plan;
  private final RunFolder folder;
  private final CheckpointFiles checkpoints;

  /** A run that leaves what it makes in a folder. */
  public PretrainRun(Pretraining training, Plan plan, RunFolder folder) {
    this.training = training;
    this.plan = plan;
    this.folder = folder;
    this.checkpoints = new CheckpointFiles(folder.checkpoints(), CHECKPOINTS_KEPT);
  }

  /**
   * Goes back to the newest checkpoint of the folder.
   *
   * @return the steps done before
   * @throws IllegalArgumentException if there is none
   */
  public long resume() {
    SavedCheckpoint latest =
        checkpoints
            .latest()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        folder + " holds no whole checkpoint to resume from"));
    training.restore(latest);
    return training.steps();
  }

  /**
   * Trains until all epochs are done or a stop is asked for, then saves a checkpoint; also one
   * after every epoch.
   *
   * @return whether all epochs are done
   */
  public boolean train(StopSignal stop, boolean quiet) {
    long total = plan.steps();
    long first = training.steps();
    long until = total * plan.accumulate;
    try (RunLog log = RunLog.open(folder.log(), first);
        ProgressDisplay display = ProgressDisplay.open("pre-train", first, total, quiet);
        BatchLoader loader =
            BatchLoader.start(
                plan.images, plan.augmentation, plan.batches, first * plan.accumulate, until)) {
      Speedometer speed = new Speedometer();
      while (training.steps() < total && !stop.requested()) {
        List<Batch> batches = next(loader);
        StepReport report = training.step(batches);
        speed.add(batches.stream().mapToInt(Batch::size).sum());
        boolean epochEnds = endsEpoch(batches.getLast());
        if (report.step() % plan.logEvery == 0 || report.step() == total || epochEnds) {
          log.write(entry(report, batches.getLast(), speed.restart()));
        }
        display.update(entry(report, batches.getLast(), speed.recent()));
        if (epochEnds && report.step() < total) {
          save();
        }
      }
    }
    save();
    return training.steps() == total;
  }

  private List<Batch> next(BatchLoader loader) {
    List<Batch> batches = new ArrayList<>(plan.accumulate);
    for (int i = 0; i < plan.accumulate; i++) {
      batches.add(loader.next());
    }
    return batches;
  }

  private boolean endsEpoch(Batch batch) {
    return (batch.number() + 1) % plan.batches.perEpoch() == 0;
  }

  private static LogEntry entry(StepReport report, Batch last, double imagesPerSecond) {
    return new LogEntry(
        report.step(),
        last.epoch(),
        report.loss(),
        report.learningRate(),
        report.gradientNorm(),
        imagesPerSecond);
  }

  private void save() {
    checkpoints.save(training.steps(), training::save);
  }

  /** Pictures per second since the last restart. */
  private static final class Speedometer {
    private long since = System.nanoTime();
    private long images;
    private double recent;

    void add(int count) {
      images += count;
      recent = images / ((System.nanoTime() - since) * 1e-9);
    }

    double recent() {
      return recent;
    }

    double restart() {
      since = System.nanoTime();
      images = 0;
      return recent;
    }
  }
}
