package io.github.maskalign.cli.settings.groups;

/**
 * The settings that fine-tuning and linear probing share.
 *
 * @param <S> the record of settings
 */
public interface ClassifierSettings<S> {

  /**
   * Completes what the user left to the data: the schedule, the pooling, and without weights the
   * network's size.
   *
   * @param images number of training images
   * @param classToken whether the network has a class token
   * @throws io.github.maskalign.tensor.error.ArgumentException if they do not fill a batch
   */
  S completed(int images, boolean classToken);

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
