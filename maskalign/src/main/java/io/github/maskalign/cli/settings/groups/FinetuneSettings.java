package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * All settings of {@code finetune}.
 *
 * @since 0.1.0
 */
public record FinetuneSettings(
    @Group(heading = "Data:") LabeledData pictures,
    @Group(heading = "Data loading:") LoadingSettings loading,
    @Group(heading = "Augmentation:") AugmentSettings augment,
    @Group(heading = "Network:") ModelSettings network,
    @Group(heading = "Weights:") WeightSettings start,
    @Group(heading = "Weights:") HeadSettings first,
    @Group(
            heading = "Training:",
            defaults = {"blr=1e-3", "min-lr=1e-6", "weight-decay=0.05"},
            defaultTexts = {
              "epochs=as many as show 1,000,000 images, 10 to 50",
              "batch=64, at most the number of images",
              "warmup=5, at most a fifth of the epochs"
            })
        ScheduleSettings schedule,
    @Group(heading = "Optimizer:") Optimizer optimizer,
    @Group(heading = "Run:") RunSettings run,
    @Group(heading = "Machine:") MachineSettings machine)
    implements ClassifierSettings<FinetuneSettings> {

  private static final ScheduleDefaults SCHEDULE = new ScheduleDefaults(64, 5, 1_000_000, 10, 50);

  /** Rejects a batch size that the augmentation does not accept. */
  public FinetuneSettings {
    if (schedule.batch() != null) {
      augment.requireBatch(schedule.batch());
    }
  }

  @Override
  public FinetuneSettings completed(int images, boolean classToken) {
    schedule.requireFilled(images);
    return new FinetuneSettings(
        pictures,
        loading,
        augment,
        start.weights() == null ? network.completed(images, null) : network,
        start.completed(WeightSettings.Pool.MEAN),
        first,
        schedule.completed(SCHEDULE, images),
        optimizer,
        run,
        machine);
  }

  /** Settings of AdamW and regularization. */
  public record Optimizer(
      @Setting(
              value = "Layer-wise learning-rate decay: factor from each layer to the one below it.",
              defaultValue = "0.75",
              range = "(0, 1]")
          double layerDecay,
      @Setting(
              value =
                  "Drop-path rate of the last block (stochastic depth, linear over the blocks).",
              defaultValue = "0.1",
              range = "[0, 1)")
          double dropPath,
      @Setting(value = "AdamW beta1.", defaultValue = "0.9", range = "[0, 1)") double beta1,
      @Setting(value = "AdamW beta2.", defaultValue = "0.999", range = "[0, 1)") double beta2,
      @Setting(
              value = "Maximum gradient norm.",
              defaultText = "no clipping",
              formerly = "clip",
              range = "(0, *)")
          @Nullable Double clipGrad) {}
}
