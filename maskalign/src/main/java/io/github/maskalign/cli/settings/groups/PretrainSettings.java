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
    @Group(heading = "Pictures:") PretrainData pictures,
    @Group(heading = "Loading:") LoadingSettings loading,
    @Group(heading = "Teacher:") TeacherSettings teacher,
    @Group(heading = "Student:") ModelSettings student,
    @Group(heading = "Method:") MethodSettings method,
    @Group(heading = "Alignment:") AlignmentSettings alignment,
    @Group(
            heading = "Learning:",
            standard = {"epochs=400", "batch=64", "blr=1e-3", "warmup=40", "weight-decay=0.05"})
        ScheduleSettings schedule,
    @Group(heading = "Optimizer:") Optimizer optimizer,
    @Group(heading = "Run:") RunSettings run,
    @Group(heading = "Machine:") MachineSettings machine) {

  /** AdamW, and what keeps it from overfitting. */
  public record Optimizer(
      @Setting(value = "Stochastic depth of the last block.", standard = "0") double dropPath,
      @Setting(value = "Decay of the first moment.", standard = "0.9") double beta1,
      @Setting(value = "Decay of the second moment.", standard = "0.95") double beta2,
      @Setting("Gradients are clipped to this norm.") @Nullable Double clip,
      @Setting(
              value = "Run each block again for its gradient: less memory, more time, same bits.",
              standard = "false",
              decides = false)
          boolean recompute) {}
}
