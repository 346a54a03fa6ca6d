package io.github.maskalign.train;

import io.github.maskalign.data.Batch;
import io.github.maskalign.data.DataLoader;
import java.util.Iterator;

/** The batches of a loader, with the speed of the steps that are made of them. */
final class CountedBatches implements Iterator<Batch> {

  private final DataLoader loader;
  private long since = System.nanoTime();
  private double waitedBefore;
  private long images;
  private int epoch;
  private boolean withinStep;

  CountedBatches(DataLoader loader) {
    this.loader = loader;
  }

  @Override
  public boolean hasNext() {
    return loader.hasNext();
  }

  @Override
  public Batch next() {
    Batch batch = loader.next();
    withinStep = true;
    epoch = batch.epoch();
    images += batch.size();
    return batch;
  }

  /** Epoch of the last batch. */
  int epoch() {
    return epoch;
  }

  /** Ends a step with its evaluation. */
  void stepDone() {
    withinStep = false;
  }

  /** Whether a step has its first batch and is not done, so that its state must not be saved. */
  boolean isWithinStep() {
    return withinStep;
  }

  /** Images per second since the last {@link #restart}. */
  double imagesPerSecond() {
    return images / ((System.nanoTime() - since) * 1e-9);
  }

  /** Time spent waiting for batches since the last {@link #restart}. */
  double waitedSeconds() {
    return loader.waitedSeconds() - waitedBefore;
  }

  /** Measures anew. */
  void restart() {
    since = System.nanoTime();
    images = 0;
    waitedBefore = loader.waitedSeconds();
  }
}
