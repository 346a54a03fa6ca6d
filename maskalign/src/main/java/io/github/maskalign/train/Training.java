package io.github.maskalign.train;

import io.github.maskalign.data.Batch;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointWriter;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/**
 * A training task that a {@link Trainer} runs step by step.
 *
 * @since 0.1.0
 */
public interface Training {

  /** Description of the backend, for display. */
  String backend();

  /**
   * What decides the bits of the backend's results; a run that resumes where it differs is told so.
   */
  default String numerics() {
    return backend();
  }

  /** Steps done so far. */
  long steps();

  /**
   * One update from the gradients of several batches, averaged.
   *
   * @param count number of batches
   * @throws NonFiniteException if a loss or the gradient is not finite; the weights are not updated
   */
  StepReport step(Iterator<Batch> batches, int count);

  /** One update from the given batches. */
  default StepReport step(List<Batch> batches) {
    return step(batches.iterator(), batches.size());
  }

  /**
   * Checks weights, running statistics and the optimizer's moments. A {@link Trainer} calls it
   * before it evaluates, saves or exports them.
   *
   * @throws NonFiniteException naming the first tensor with a value that is not finite
   */
  default void requireFinite() {}

  /** Writes everything that {@link #restore} reads to a checkpoint. */
  void save(CheckpointWriter writer) throws IOException;

  /**
   * Restores a checkpoint of a run with the same configuration.
   *
   * @throws io.github.maskalign.tensor.error.FormatException if its files do not fit this training,
   *     are not of its step, or have values that are not finite
   */
  void restore(Checkpoint checkpoint);

  /**
   * Checks that networks which checkpoints do not contain, such as a teacher, are those of the
   * checkpoint's run.
   *
   * @throws io.github.maskalign.tensor.error.ArgumentException if one is another
   */
  default void requireSameNetworks(Checkpoint checkpoint) {}
}
