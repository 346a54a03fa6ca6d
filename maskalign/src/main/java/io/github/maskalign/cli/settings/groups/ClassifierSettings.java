package io.github.maskalign.cli.settings.groups;

/** The settings that fine-tuning and linear probing share. */
public interface ClassifierSettings {

  /** Training and evaluation images. */
  LabeledData pictures();

  /** Data loading. */
  LoadingSettings loading();

  /** Size and input of the network. */
  ModelSettings network();

  /** Initial weights. */
  WeightSettings start();

  /** Epochs, batch size and learning rate. */
  ScheduleSettings schedule();

  /** Output folder, checkpoints and logging. */
  RunSettings run();
}
