package io.github.maskalign.train;

import io.github.maskalign.data.Batch;
import io.github.maskalign.data.DataLoader;
import java.time.Duration;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * The batches of a loader, counted. A stop ends the wait for a batch, which may be endless: reading
 * from a network folder whose server is gone never returns.
 */
final class StoppableBatches implements Iterator<Batch> {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final DataLoader loader;
  private final BooleanSupplier stop;
  private final IntConsumer pictures;
  private int epoch;
  private int taken;

  /** Thrown instead of returning a batch. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whether a step was begun, which may have changed running statistics. */
    private final boolean duringStep;

    private StoppedException(boolean duringStep) {
      super("stopped while waiting for a batch");
      this.duringStep = duringStep;
    }

    boolean isDuringStep() {
      return duringStep;
    }
  }

  /**
   * Batches of a loader.
   *
   * @param pictures receives the number of pictures in each batch
   */
  StoppableBatches(DataLoader loader, BooleanSupplier stop, IntConsumer pictures) {
    this.loader = loader;
    this.stop = stop;
    this.pictures = pictures;
  }

  /** Epoch of the last batch. */
  int epoch() {
    return epoch;
  }

  void stepDone() {
    taken = 0;
  }

  @Override
  public boolean hasNext() {
    return loader.hasNext();
  }

  @Override
  public Batch next() {
    while (!loader.awaitNext(INTERVAL)) {
      if (stop.getAsBoolean()) {
        throw new StoppedException(taken > 0);
      }
    }
    Batch batch = loader.next();
    taken++;
    epoch = batch.epoch();
    pictures.accept(batch.size());
    return batch;
  }
}
