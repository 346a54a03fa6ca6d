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
    @Group(heading = "Pictures:") LabeledData pictures,
    @Group(heading = "Loading:") LoadingSettings loading,
    @Group(heading = "Augmentation:") AugmentSettings augment,
    @Group(heading = "Network:") ModelSettings network,
    @Group(heading = "Weights:") WeightSettings start,
    @Group(
            heading = "Learning:",
            standard = {
              "epochs=50",
              "batch=64",
              "blr=1e-3",
              "min-lr=1e-6",
              "warmup=5",
              "weight-decay=0.05"
            })
        ScheduleSettings schedule,
    @Group(heading = "Optimizer:") Optimizer optimizer,
    @Group(heading = "Run:") RunSettings run,
    @Group(heading = "Machine:") MachineSettings machine)
    implements ClassifierSettings {

  /** AdamW, and what keeps it from overfitting. */
  public record Optimizer(
      @Setting(value = "Factor on the rate from a layer to the next lower one.", standard = "0.75")
          double layerDecay,
      @Setting(value = "Stochastic depth of the last block.", standard = "0.1") double dropPath,
      @Setting(value = "Decay of the first moment.", standard = "0.9") double beta1,
      @Setting(value = "Decay of the second moment.", standard = "0.999") double beta2,
      @Setting("Gradients are clipped to this norm.") @Nullable Double clip) {}
}
