package io.github.maskalign.train;

import io.github.maskalign.data.Batch;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointWriter;
import java.io.IOException;
import java.util.Iterator;

/** Trains like another training, except for what a test overrides. */
class DelegatingTraining implements Training {

  private final Training training;

  DelegatingTraining(Training training) {
    this.training = training;
  }

  @Override
  public StepReport step(Iterator<Batch> batches, int count) {
    return training.step(batches, count);
  }

  @Override
  public String backend() {
    return training.backend();
  }

  @Override
  public String numerics() {
    return training.numerics();
  }

  @Override
  public long steps() {
    return training.steps();
  }

  @Override
  public void requireFinite() {
    training.requireFinite();
  }

  @Override
  public void save(CheckpointWriter writer) throws IOException {
    training.save(writer);
  }

  @Override
  public void restore(Checkpoint checkpoint) {
    training.restore(checkpoint);
  }

  @Override
  public void requireSameNetworks(Checkpoint checkpoint) {
    training.requireSameNetworks(checkpoint);
  }
}
