package io.github.maskalign.data;

import io.github.maskalign.data.PendingBatch.Substitution;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Quantity;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads batches in worker threads, some ahead of the consumer; the pictures of a batch are
 * distributed over the threads. The content of a batch depends on seed and batch number only, not
 * on the number of threads, so a loader that starts at batch n continues exactly where another one
 * stopped.
 *
 * <pre>{@code
 * try (DataLoader loader = DataLoader.start(set, augmentation, batches, 0, steps)) {
 *   while (loader.hasNext()) {
 *     train(loader.next());
 *   }
 * }
 * }</pre>
 *
 * <p>Only one thread may call it. The pixels of a batch are overwritten after the following call of
 * {@link #next}; use {@link Batch#copy} to keep a batch. An error while loading is thrown by the
 * {@link #next} that would have returned the batch.
 *
 * @since 0.1.0
 */
public final class DataLoader implements Iterator<Batch>, AutoCloseable {

  private final LoaderThreads threads;
  private final DamageCounter damages;
  private final Consumer<String> report;
  private final boolean mayBeEmpty;
  private final long until;
  private long next;
  private @Nullable PendingBatch current;
  private boolean closed;

  private DataLoader(
      LoaderThreads threads,
      DamageCounter damages,
      Consumer<String> report,
      boolean mayBeEmpty,
      long from,
      long until) {
    this.threads = threads;
    this.report = report;
    this.damages = damages;
    this.mayBeEmpty = mayBeEmpty;
    this.next = from;
    this.until = until;
  }

  /** Starts loading with {@link LoaderOptions#standard}. */
  public static DataLoader start(
      Dataset set, Augmentation augmentation, BatchSampler batches, long from, long until) {
    return start(set, augmentation, batches, from, until, LoaderOptions.standard());
  }

  /**
   * Starts loading the batches {@code from <= number < until}, counted over all epochs. Where a
   * damaged picture is skipped, another sample of the set replaces it.
   *
   * @throws ArgumentException if the sampler and the set differ in size
   */
  public static DataLoader start(
      Dataset set,
      Augmentation augmentation,
      BatchSampler batches,
      long from,
      long until,
      LoaderOptions loading) {
    if (batches.samples() != set.size()) {
      throw new ArgumentException(
          "batches of a set of %d samples for one of %d".formatted(batches.samples(), set.size()));
    }
    Objects.checkFromToIndex(from, until, Long.MAX_VALUE);
    return open(
        set,
        augmentation,
        batches,
        substitution(loading, Substitution.ANOTHER),
        from,
        until,
        loading);
  }

  /** Loads one pass with {@link LoaderOptions#standard}. */
  public static DataLoader onePass(Dataset set, Transform transform, int batchSize) {
    return onePass(set, transform, batchSize, LoaderOptions.standard());
  }

  /**
   * Loads one pass over a set in its own order, for evaluation. A damaged picture that is skipped
   * is missing from its batch: use the labels of the batches, not of the set.
   */
  public static DataLoader onePass(
      Dataset set, Transform transform, int batchSize, LoaderOptions loading) {
    BatchSampler batches = BatchSampler.inOrder(set.size(), batchSize);
    Augmentation none = Augmentation.unlimited(transform, 0);
    Substitution missing = substitution(loading, Substitution.NOTHING);
    return open(set, none, batches, missing, 0, batches.perEpoch(), loading);
  }

  private static Substitution substitution(LoaderOptions loading, Substitution skipping) {
    return loading.damage() instanceof DamagePolicy.Fail ? Substitution.FAILURE : skipping;
  }

  private static DataLoader open(
      Dataset set,
      Augmentation augmentation,
      BatchSampler batches,
      Substitution substitution,
      long from,
      long until,
      LoaderOptions loading) {
    DamagePolicy.Skip allowed =
        switch (loading.damage()) {
          case DamagePolicy.Skip skip -> skip;
          case DamagePolicy.Fail _ -> new DamagePolicy.Skip(0);
        };
    DamageCounter damages = new DamageCounter(set.size(), allowed, loading.report());
    boolean mayBeEmpty = substitution == Substitution.NOTHING;
    BatchFactory factory =
        new BatchFactory(set, augmentation, batches, substitution, new PixelBuffers());
    LoaderThreads threads = LoaderThreads.start(factory, from, until, loading);
    return new DataLoader(threads, damages, loading.report(), mayBeEmpty, from, until);
  }

  /** Whether there is another batch; in one pass this may wait until a non-empty one is loaded. */
  @Override
  public boolean hasNext() {
    while (mayBeEmpty && !closed && next < until && threads.head().isEmpty()) {
      PendingBatch empty = threads.take();
      count(empty);
      empty.recycle();
    }
    return next < until;
  }

  /**
   * Returns the next batch, waiting for it if necessary.
   *
   * @throws NoSuchElementException after the last one
   * @throws FormatException if too many pictures are damaged
   * @throws StoppedException if reading hangs and a stop is requested, see {@link
   *     LoaderOptions#withStop}
   * @throws ClosedException after {@link #close}
   */
  @Override
  public Batch next() {
    if (closed) {
      throw new ClosedException("batch loader: used after close");
    }
    if (!hasNext()) {
      throw new NoSuchElementException(
          "batch loader: all " + until + " batches have been returned");
    }
    if (current != null) {
      current.recycle();
      current = null;
    }
    PendingBatch pending = threads.take();
    switch (pending.failure()) {
      case null -> {
        count(pending);
        current = pending;
        return pending.batch();
      }
      case RuntimeException e -> {
        close();
        throw e;
      }
      case Throwable e -> {
        close();
        throw (Error) e;
      }
    }
  }

  private void count(PendingBatch pending) {
    next++;
    try {
      damages.add(pending.damages());
    } catch (FormatException e) {
      close();
      throw e;
    }
  }

  /**
   * Time that {@link #next} has waited so far, in seconds: if it is more than a few percent of the
   * training time, loading is the bottleneck.
   */
  public double waitedSeconds() {
    return threads.waitedNanos() * 1e-9;
  }

  /** Number of distinct damaged pictures in the batches returned so far. */
  public int damaged() {
    return damages.count();
  }

  /**
   * Stops loading, waits for the threads to end, though not for those that hang, and reports the
   * damaged pictures; closing again does nothing.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      int left = threads.close();
      if (left > 0) {
        report.accept(
            "left behind %s, because reading hangs".formatted(Quantity.of(left, "loader thread")));
      }
      damages.summarize();
    }
  }
}
