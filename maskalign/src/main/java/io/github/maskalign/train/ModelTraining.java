package io.github.maskalign.train;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointWriter;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;

/** Training of named parameters: what is left to a kind of it is the loss of a batch. */
abstract class ModelTraining implements Training {

  private final TrainStep updates;
  private final Parameters parameters;
  private final String file;
  private final Map<String, String> metadata;

  /**
   * Training from step 0.
   *
   * @param file of the parameters in a checkpoint
   * @param metadata of that file
   */
  ModelTraining(
      TrainStep updates, Parameters parameters, String file, Map<String, String> metadata) {
    this.updates = updates;
    this.parameters = parameters;
    this.file = file;
    this.metadata = metadata;
  }

  /** The loss of a batch, a scalar on the tape. */
  public abstract Tensor loss(Tape tape, Batch batch);

  /** The part that moves the parameters. */
  public final TrainStep updates() {
    return updates;
  }

  @Override
  public final String backend() {
    return parameters.scope().backend().description();
  }

  @Override
  public final long steps() {
    return updates.steps();
  }

  @Override
  public final StepReport step(Iterator<Batch> batches, int count) {
    return updates.step(batches, count, this::loss);
  }

  @Override
  public final void save(CheckpointWriter draft) throws IOException {
    draft.file(file, path -> Weights.save(path, parameters, metadata));
    updates.save(draft);
  }

  @Override
  public final void restore(Checkpoint checkpoint) {
    Weights.load(checkpoint.file(file), parameters, LoadOptions.strict());
    updates.restore(checkpoint);
  }
}
