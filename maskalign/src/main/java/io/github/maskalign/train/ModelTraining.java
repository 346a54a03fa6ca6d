package io.github.maskalign.train;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointWriter;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** Base of the kinds of training, which implement the loss of a batch. */
abstract class ModelTraining implements Training {

  private final TrainStep trainStep;
  private final Parameters parameters;
  private final String file;
  private final Map<String, String> metadata;

  /**
   * Starts at step 0.
   *
   * @param file name of the parameters' file in a checkpoint
   * @param metadata of that file
   */
  ModelTraining(
      TrainStep trainStep, Parameters parameters, String file, Map<String, String> metadata) {
    this.trainStep = trainStep;
    this.parameters = parameters;
    this.file = file;
    this.metadata = metadata;
  }

  /** The loss of a batch, a scalar on the tape. */
  public abstract Tensor loss(Tape tape, Batch batch);

  /** Computes gradients and updates the parameters. */
  public final TrainStep trainStep() {
    return trainStep;
  }

  @Override
  public final String backend() {
    return parameters.scope().backend().description();
  }

  @Override
  public final String numerics() {
    return parameters.scope().backend().numerics();
  }

  @Override
  public final long steps() {
    return trainStep.steps();
  }

  @Override
  public final StepReport step(Iterator<Batch> batches, int count) {
    return trainStep.step(batches, count, this::loss);
  }

  @Override
  public final void requireFinite() {
    nonFinite()
        .ifPresent(
            found -> {
              throw new NonFiniteException(found, steps());
            });
  }

  @Override
  public final void save(CheckpointWriter writer) throws IOException {
    Map<String, String> notes = new HashMap<>(metadata);
    notes.putAll(Checkpoint.metadata(steps()));
    writer.file(file, path -> Weights.save(path, parameters, notes));
    trainStep.save(writer);
  }

  @Override
  public final void restore(Checkpoint checkpoint) {
    try (WeightFile weights = WeightFiles.open(checkpoint.file(file))) {
      checkpoint.requireStep(file, weights.metadata());
      Weights.load(weights, parameters, LoadOptions.strict());
    }
    trainStep.restore(checkpoint);
    nonFinite()
        .ifPresent(
            found -> {
              throw new FormatException(checkpoint.folder() + ": " + found);
            });
  }

  private Optional<String> nonFinite() {
    return NonFiniteSearch.among(parameters, trainStep.optimizer());
  }
}
