package io.github.maskalign.train;

import io.github.maskalign.data.Batch;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.MachineInfo;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogEntry;
import io.github.maskalign.train.log.MixKeys;
import io.github.maskalign.train.log.ProgressDisplay;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
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

  /**
   * Progress of the run, in a checkpoint.
   *
   * @param best the best score so far, null before the first
   */
  public record Progress(@Nullable Double best) {}

  /**
   * Training time, in a checkpoint file of its own since it differs from run to run.
   *
   * @param seconds training time so far
   */
  public record Clock(double seconds) {}

  private final String name;
  private final Training training;
  private final TrainerConfig plan;
  private final RunFolder folder;
  private final Metrics.Evaluator evaluator;
  private final CheckpointStore checkpoints;
  private final CheckpointStore best;
  private OptionalDouble bestScore = OptionalDouble.empty();
  private double waitedBefore;
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
  }

  /**
   * Restores the newest checkpoint of the folder.
   *
   * @return the number of steps done
   * @throws ArgumentException if there is none
   */
  public long resume() {
    Checkpoint latest =
        checkpoints
            .latest()
            .orElseThrow(
                () -> new ArgumentException(folder + " has no complete checkpoint to resume from"));
    training.restore(latest);
    Double score = latest.json(PROGRESS, Progress.class).best;
    bestScore = score == null ? OptionalDouble.empty() : OptionalDouble.of(score);
    seconds = latest.json(CLOCK, Clock.class).seconds;
    return training.steps();
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
   * Trains until all epochs are done or a stop is requested, then saves a checkpoint.
   *
   * @return whether all epochs are done
   */
  public boolean train(StopSignal stop, boolean quiet) {
    long total = plan.steps();
    long first = training.steps();
    folder.saveMachine(MachineInfo.describe(training.backend()));
    try (StepLogger log = StepLogger.open(folder, plan.logging(), first);
        ProgressDisplay display = ProgressDisplay.open(name, first, total, quiet);
        DataLoader loader = plan.loader(first, display::message)) {
      Speedometer speed = new Speedometer();
      Counted batches = new Counted(loader, speed);
      while (training.steps() < total && !stop.requested()) {
        long start = System.nanoTime();
        StepReport report = training.step(batches, plan.accumulate());
        seconds += (System.nanoTime() - start) * 1e-9;
        speed.stepDone();
        boolean last = report.step() == total;
        int epochs = plan.epochsDone(report.step());
        boolean epochEnds = epochs > plan.epochsDone(report.step() - 1);
        LogEntry entry = entry(report, batches.epoch, speed.recent());
        display.update(entry);
        Metrics measured = epochEnds ? evaluator.evaluate(epochs, last) : Metrics.none();
        if (report.step() % plan.logging().every() == 0 || last || epochEnds) {
          log.write(entry, extras(measured, loader));
          speed.restart();
        }
        show(measured, epochs, display);
        keepBest(measured);
        if (!last && isDue(report.step(), epochEnds)) {
          save(checkpoints);
        }
      }
    }
    save(checkpoints);
    return training.steps() == total;
  }

  private boolean isDue(long step, boolean epochEnds) {
    int every = plan.saving().everySteps();
    return every == 0 ? epochEnds : step % every == 0;
  }

  /** If waiting takes more than a few percent of the time, loading is the bottleneck. */
  private Map<String, Double> extras(Metrics measured, DataLoader loader) {
    double waited = loader.waitedSeconds();
    Map<String, Double> extras = new LinkedHashMap<>();
    extras.put("train_s", toMillis(seconds));
    extras.put("waited_s", toMillis(waited - waitedBefore));
    extras.putAll(measured.values());
    waitedBefore = waited;
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

  private void save(CheckpointStore place) {
    place.save(
        training.steps(),
        writer -> {
          training.save(writer);
          writer.json(PROGRESS, new Progress(bestScore.isEmpty() ? null : bestScore.getAsDouble()));
          writer.json(CLOCK, new Clock(seconds));
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

  /** Passes batches through, counting pictures and tracking the epoch. */
  private static final class Counted implements Iterator<Batch> {
    private final Iterator<Batch> source;
    private final Speedometer speed;
    private int epoch;

    private Counted(Iterator<Batch> source, Speedometer speed) {
      this.source = source;
      this.speed = speed;
    }

    @Override
    public boolean hasNext() {
      return source.hasNext();
    }

    @Override
    public Batch next() {
      Batch batch = source.next();
      epoch = batch.epoch();
      speed.add(batch.size());
      return batch;
    }
  }

  /** Pictures per second since the last restart. */
  private static final class Speedometer {
    private long since = System.nanoTime();
    private long images;
    private double recent;

    void add(int count) {
      images += count;
    }

    void stepDone() {
      recent = images / ((System.nanoTime() - since) * 1e-9);
    }

    double recent() {
      return recent;
    }

    void restart() {
      since = System.nanoTime();
      images = 0;
    }
  }
}
