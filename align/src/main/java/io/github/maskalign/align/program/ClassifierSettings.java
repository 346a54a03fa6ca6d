package io.github.maskalign.align.program;

/** What the settings of fine-tuning and of the linear probe have in common. */
interface ClassifierSettings {

  /** The pictures. */
  LabelledData pictures();

  /** How they are loaded. */
  LoadingSettings loading();

  /** The shape of the network. */
  ModelSettings network();

  /** Where it starts from. */
  WeightSettings start();

  /** How long to train. */
  Schedule schedule();

  /** Where the run leaves what it makes. */
  RunSettings run();
}
