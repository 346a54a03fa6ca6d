package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.train.TrainerConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a run leaves what it makes, and what it tells of itself.
 *
 * @since 0.1.0
 */
public record RunSettings(
    @Setting(value = "Of everything random.", standard = "0") long seed,
    @Setting(value = "Folder of the run; runs/PROGRAM-TIME if none.", decides = false)
        @Nullable Path out,
    @Setting(
            value = "Go on from the newest checkpoint in --out.",
            standard = "false",
            decides = false)
        boolean resume,
    @Setting(
            value = "Steps between two checkpoints; with 0, one at the end of every epoch.",
            standard = "0",
            decides = false)
        int checkpointEvery,
    @Setting(value = "How many of the newest checkpoints stay.", standard = "2", decides = false)
        int keep,
    @Setting(value = "Steps between two lines of the log.", standard = "20", decides = false)
        int logEvery,
    @Setting(
            value = "Write the log for TensorBoard too, to the folder tensorboard.",
            standard = "false",
            decides = false)
        boolean tensorboard,
    @Setting(value = "Show no progress.", standard = "false", decides = false) boolean quiet) {

  /** What is told of the run. */
  public TrainerConfig.Logging logging() {
    return new TrainerConfig.Logging(logEvery, tensorboard);
  }

  /** When to keep a checkpoint. */
  public TrainerConfig.Saving saving() {
    return new TrainerConfig.Saving(checkpointEvery, keep);
  }
}
