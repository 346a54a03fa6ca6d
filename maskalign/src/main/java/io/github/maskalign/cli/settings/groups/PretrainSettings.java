package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * All settings of {@code pretrain}.
 *
 * @since 0.1.0
 */
public record PretrainSettings(
    @Group(heading = "Data:") PretrainData pictures,
    @Group(heading = "Data loading:") LoadingSettings loading,
    @Group(heading = "Teacher:") TeacherSettings teacher,
    @Group(heading = "Student:") ModelSettings student,
    @Group(heading = "Method:") MethodSettings method,
    @Group(heading = "Alignment:") AlignmentSettings alignment,
    @Group(
            heading = "Training:",
            defaults = {"epochs=400", "batch=64", "blr=1e-3", "warmup=40", "weight-decay=0.05"})
        ScheduleSettings schedule,
    @Group(heading = "Optimizer:") Optimizer optimizer,
    @Group(heading = "Run:") RunSettings run,
    @Group(heading = "Machine:") MachineSettings machine) {

  /** Settings of AdamW and regularization. */
  public record Optimizer(
      @Setting(
              value =
                  "Drop-path rate of the last block (stochastic depth, linear over the blocks).",
              defaultValue = "0")
          double dropPath,
      @Setting(value = "AdamW beta1.", defaultValue = "0.9") double beta1,
      @Setting(value = "AdamW beta2.", defaultValue = "0.95") double beta2,
      @Setting(value = "Maximum gradient norm.", defaultText = "no clipping", formerly = "clip")
          @Nullable Double clipGrad,
      @Setting(
              value =
                  "Gradient checkpointing: recompute each block in the backward pass; less memory,"
                      + " more time, the same bits.",
              defaultValue = "false",
              affectsResult = false)
          boolean recompute) {}
}
