package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.train.TrainerConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Output folder, checkpoints and logging of a run.
 *
 * @since 0.1.0
 */
public record RunSettings(
    @Setting(value = "Random seed.", defaultValue = "0") long seed,
    @Setting(value = "Output folder.", defaultText = "runs/COMMAND-TIME", affectsResult = false)
        @Nullable Path out,
    @Setting(
            value = "Resume from the newest checkpoint in --out.",
            defaultValue = "false",
            affectsResult = false)
        boolean resume,
    @Setting(
            value = "Save a checkpoint every N steps; 0 saves one after every epoch.",
            defaultValue = "0",
            affectsResult = false,
            range = "[0, *)")
        int checkpointEvery,
    @Setting(
            value = "Number of newest checkpoints to keep.",
            defaultValue = "2",
            affectsResult = false,
            formerly = "keep",
            range = "[1, *)")
        int keepCheckpoints,
    @Setting(
            value = "Write a line to the log every N steps.",
            defaultValue = "20",
            affectsResult = false,
            range = "[1, *)")
        int logEvery,
    @Setting(
            value = "Also write the log in TensorBoard's format, to the folder tensorboard.",
            defaultValue = "false",
            affectsResult = false)
        boolean tensorboard,
    @Setting(value = "Show no progress.", defaultValue = "false", affectsResult = false)
        boolean quiet) {

  /** Options of the log. */
  public TrainerConfig.Logging logging() {
    return new TrainerConfig.Logging(logEvery, tensorboard);
  }

  /** Options of the checkpoints. */
  public TrainerConfig.Saving saving() {
    return new TrainerConfig.Saving(checkpointEvery, keepCheckpoints);
  }
}
