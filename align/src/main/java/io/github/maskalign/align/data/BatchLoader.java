package io.github.maskalign.align.data;

import io.github.maskalign.tensor.ClosedException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Prepares batches on a thread of its own, two ahead of the consumer. What they hold depends on
 * seed and batch number alone, so a loader that starts at batch n goes on exactly where another one
 * stopped.
 *
 * <pre>{@code
 * try (BatchLoader loader = BatchLoader.start(set, augmentation, batches, 0, steps)) {
 *   while (loader.hasNext()) {
 *     train(loader.next());
 *   }
 * }
 * }</pre>
 *
 * <p>One thread consumes. An error while loading is thrown by the {@link #next} that would have
 * returned the batch.
 */
public final class BatchLoader implements Iterator<Batch>, AutoCloseable {

  private static final int AHEAD = 2;

  private sealed interface Item {
    record Ready(Batch batch) implements Item {}

    record Failed(Throwable cause) implements Item {}
  }

  private final Pictures set;
  private final Augmentation augmentation;
  private final Batches batches;
  private final long until;
  private final BlockingQueue<Item> ready = new ArrayBlockingQueue<>(AHEAD);
  private final Thread thread;
  private long next;
  private long waitedNanos;
  private boolean closed;

  private BatchLoader(
      Pictures set, Augmentation augmentation, Batches batches, long from, long until) {
    this.set = set;
    this.augmentation = augmentation;
    this.batches = batches;
    this.next = from;
    this.until = until;
    this.thread = new Thread(() -> load(from), "maskalign-loader");
    thread.setDaemon(true);
  }

  /**
   * Starts loading the batches {@code from <= number < until}, counted through all epochs.
   *
   * @throws IllegalArgumentException if the batches are of another number of samples than the set
   */
  public static BatchLoader start(
      Pictures set, Augmentation augmentation, Batches batches, long from, long until) {
    if (batches.samples() != set.size()) {
      throw new IllegalArgumentException(
          "batches of %d samples for a set of %d".formatted(batches.samples(), set.size()));
    }
    Objects.checkFromToIndex(from, until, Long.MAX_VALUE);
    BatchLoader loader = new BatchLoader(set, augmentation, batches, from, until);
    loader.thread.start();
    return loader;
  }

  /** Loads one pass over a set in its own order, for evaluation. */
  public static BatchLoader onePass(Pictures set, Transform transform, int batchSize) {
    Batches batches = Batches.inOrder(set.size(), batchSize);
    return start(set, Augmentation.unlimited(transform, 0), batches, 0, batches.perEpoch());
  }

  private void load(long from) {
    try {
      int epoch = -1;
      int[] order = {};
      for (long number = from; number < until; number++) {
        if (batches.epoch(number) != epoch) {
          epoch = batches.epoch(number);
          order = batches.order(epoch);
        }
        ready.put(new Item.Ready(prepare(number, epoch, batches.samples(number, order))));
      }
    } catch (InterruptedException e) {
      // Closed early: nobody waits for more.
    } catch (RuntimeException | Error e) {
      try {
        ready.put(new Item.Failed(e));
      } catch (InterruptedException closedMeanwhile) {
        // Nobody is there to be told.
      }
    }
  }

  private Batch prepare(long number, int epoch, int[] samples) {
    Transform transform = augmentation.transform();
    int each = transform.channels() * transform.height() * transform.width();
    float[] pixels = new float[Math.multiplyExact(samples.length, each)];
    Philox epochDraws = augmentation.draws(epoch);
    for (int i = 0; i < samples.length; i++) {
      transform.apply(set.picture(samples[i]), epochDraws.at(samples[i]), pixels, i * each);
    }
    int[] labels = null;
    if (set.hasLabels()) {
      labels = new int[samples.length];
      Arrays.setAll(labels, i -> set.label(samples[i]));
    }
    return new Batch(
        number,
        epoch,
        pixels,
        samples,
        labels,
        transform.channels(),
        transform.height(),
        transform.width());
  }

  @Override
  public boolean hasNext() {
    return next < until;
  }

  /**
   * The next batch, waiting for it if need be.
   *
   * @throws NoSuchElementException after the last one
   * @throws ClosedException after {@link #close}
   */
  @Override
  public Batch next() {
    if (closed) {
      throw new ClosedException("batch loader: used after close");
    }
    if (!hasNext()) {
      throw new NoSuchElementException("batch loader: there are " + until + " batches, all taken");
    }
    switch (take()) {
      case Item.Ready(Batch batch) -> {
        next++;
        return batch;
      }
      case Item.Failed(Throwable cause) -> {
        close();
        if (cause instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) cause;
      }
    }
  }

  private Item take() {
    long start = System.nanoTime();
    try {
      return ready.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedException("batch loader: interrupted while waiting for a batch");
    } finally {
      waitedNanos += System.nanoTime() - start;
    }
  }

  /**
   * How long {@link #next} has waited so far, in seconds: above a few per cent, loading is slow.
   */
  public double waitedSeconds() {
    return waitedNanos * 1e-9;
  }

  /** Stops loading and waits for the thread to end; closing again does nothing. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
