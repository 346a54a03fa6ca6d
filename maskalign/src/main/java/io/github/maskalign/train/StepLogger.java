package io.github.maskalign.train;

import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogEntry;
import io.github.maskalign.train.log.RunLog;
import io.github.maskalign.train.log.TensorBoardWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes log entries to the run's JSON-lines log and, if configured, to TensorBoard event files.
 */
final class StepLogger implements AutoCloseable {

  private final RunLog log;
  private final @Nullable TensorBoardWriter events;

  private StepLogger(RunLog log, @Nullable TensorBoardWriter events) {
    this.log = log;
    this.events = events;
  }

  /** Opens the log to append after a step. */
  static StepLogger open(RunFolder folder, TrainerConfig.Logging logging, long lastStep) {
    RunLog log = RunLog.open(folder.log(), lastStep);
    return new StepLogger(
        log,
        logging.tensorboard() ? TensorBoardWriter.create(folder.tensorboard(), lastStep) : null);
  }

  void write(LogEntry entry, Map<String, Double> extras) {
    log.write(entry, extras);
    if (events != null) {
      Map<String, Double> numbers = new LinkedHashMap<>();
      numbers.put("loss", entry.loss());
      numbers.put("lr", entry.lr());
      numbers.put("grad_norm", entry.gradNorm());
      numbers.put("images_per_s", entry.imagesPerSecond());
      numbers.putAll(extras);
      events.write(entry.step(), numbers);
    }
  }

  @Override
  public void close() {
    log.close();
    if (events != null) {
      events.close();
    }
  }
}
