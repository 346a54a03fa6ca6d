package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.TrainerConfig;
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

  /** The random crops that the student is trained on. */
  public Augmentation augmentation() {
    int kept = teacher.teacherCache();
    return new Augmentation(
        Views.crop(student.shape(), pictures.cropScale(), pictures.flip()),
        run.seed(),
        kept == 0 ? Augmentation.UNLIMITED : kept);
  }

  /** Optimizer, schedule and regularization. */
  public Pretraining.Recipe recipe(long batchesPerEpoch) {
    return new Pretraining.Recipe(
        schedule.stepOptions(batchesPerEpoch, optimizer.clip()),
        new AdamW.Betas(optimizer.beta1(), optimizer.beta2()),
        schedule.weightDecay(),
        optimizer.dropPath(),
        run.seed());
  }

  /** What the trainer does with the images. */
  public TrainerConfig plan(Dataset images, Augmentation crops, BatchSampler batches) {
    return new TrainerConfig(
            images,
            crops,
            batches,
            schedule.epochs(),
            schedule.accumulate(),
            run.logging(),
            run.saving())
        .withLoading(loading.loading());
  }
}
