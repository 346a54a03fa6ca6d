package io.github.maskalign.cli.settings.groups;

/** What the settings of fine-tuning and of the linear probe have in common. */
public interface ClassifierSettings {

  /** The pictures. */
  LabeledData pictures();

  /** How they are loaded. */
  LoadingSettings loading();

  /** The shape of the network. */
  ModelSettings network();

  /** Where it starts from. */
  WeightSettings start();

  /** How long to train. */
  ScheduleSettings schedule();

  /** Where the run leaves what it makes. */
  RunSettings run();
}
