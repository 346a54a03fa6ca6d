package io.github.maskalign.train;

import io.github.maskalign.data.Batch;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointWriter;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/**
 * Something that is trained step by step, for a {@link Trainer} to run.
 *
 * @since 0.1.0
 */
public interface Training {

  /** What computes, for people. */
  String backend();

  /** Steps done so far. */
  long steps();

  /**
   * One update from the gradients of several batches, averaged.
   *
   * @param count how many batches to take
   * @throws NonFiniteException if a loss or the gradient is not finite; the weights stay as they
   *     are
   */
  StepReport step(Iterator<Batch> batches, int count);

  /** One update from these batches. */
  default StepReport step(List<Batch> batches) {
    return step(batches.iterator(), batches.size());
  }

  /** Adds all that {@link #restore} needs to a checkpoint. */
  void save(CheckpointWriter draft) throws IOException;

  /**
   * Goes back to a checkpoint of a run with the same configuration.
   *
   * @throws io.github.maskalign.tensor.error.FormatException if its tensors do not fit
   */
  void restore(Checkpoint checkpoint);
}
