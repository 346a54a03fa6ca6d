package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.config.Method;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.teacher.cache.CachedTargets;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.TrainerConfig;
import io.github.maskalign.vit.ViTConfig;
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
            defaults = {"blr=1e-3", "weight-decay=0.05"},
            defaultTexts = {
              "epochs=as many as show 2,000,000 images, 10 to 400",
              "batch=64, at most the number of images",
              "warmup=40, at most a fifth of the epochs"
            })
        ScheduleSettings schedule,
    @Group(heading = "Optimizer:") Optimizer optimizer,
    @Group(heading = "Run:") RunSettings run,
    @Group(heading = "Machine:") MachineSettings machine) {

  private static final ScheduleDefaults SCHEDULE = new ScheduleDefaults(64, 40, 2_000_000, 10, 400);

  /** Settings of AdamW and regularization. */
  public record Optimizer(
      @Setting(
              value =
                  "Drop-path rate of the last block (stochastic depth, linear over the blocks).",
              defaultValue = "0",
              range = "[0, 1)")
          double dropPath,
      @Setting(value = "AdamW beta1.", defaultValue = "0.9", range = "[0, 1)") double beta1,
      @Setting(value = "AdamW beta2.", defaultValue = "0.95", range = "[0, 1)") double beta2,
      @Setting(
              value = "Maximum gradient norm.",
              defaultText = "no clipping",
              formerly = "clip",
              range = "(0, *)")
          @Nullable Double clipGrad,
      @Setting(
              value =
                  "Gradient checkpointing: recompute each block in the backward pass; less memory,"
                      + " more time, the same bits.",
              defaultValue = "false",
              affectsResult = false)
          boolean recompute) {}

  /** Rejects combinations that cannot work, or in which an option would have no effect. */
  public PretrainSettings {
    if (optimizer.recompute && method.method() != Method.MASKALIGN) {
      throw new ArgumentException(
          "--recompute: requires --method maskalign, got " + method.method());
    }
    if (teacher.teacherCache() > 0 && method.method() != Method.MAE) {
      CachedTargets.requireCacheable(alignment.config());
    }
  }

  /**
   * Completes what the user left to the data: the schedule, and the size of the student.
   *
   * @param images number of images
   * @param taught the teacher's network; null without one
   * @throws ArgumentException if they do not fill a batch
   */
  public PretrainSettings completed(int images, @Nullable ViTConfig taught) {
    schedule.requireFilled(images);
    return new PretrainSettings(
        pictures,
        loading,
        teacher,
        student.completed(images, taught),
        method,
        alignment,
        schedule.completed(SCHEDULE, images),
        optimizer,
        run,
        machine);
  }

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
        schedule.stepOptions(batchesPerEpoch, optimizer.clipGrad()),
        new AdamW.Betas(optimizer.beta1(), optimizer.beta2()),
        schedule.weightDecay(),
        optimizer.dropPath(),
        run.seed());
  }

  /** The configuration of the trainer. */
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
