package io.github.maskalign.data;

import io.github.maskalign.data.BatchDraft.Substitution;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Prepares batches on threads of its own, some ahead of the consumer; the pictures of a batch are
 * spread over the threads. What batches hold depends on seed and batch number alone, whatever the
 * number of threads, so a loader that starts at batch n goes on exactly where another one stopped.
 *
 * <pre>{@code
 * try (DataLoader loader = DataLoader.start(set, augmentation, batches, 0, steps)) {
 *   while (loader.hasNext()) {
 *     train(loader.next());
 *   }
 * }
 * }</pre>
 *
 * <p>One thread consumes. The pixels of a batch are overwritten after the {@link #next} that
 * follows its own, so who keeps a batch takes a {@link Batch#copy}. An error while loading is
 * thrown by the {@link #next} that would have returned the batch.
 *
 * @since 0.1.0
 */
public final class DataLoader implements Iterator<Batch>, AutoCloseable {

  private final LoaderThreads threads;
  private final DamageLog damages;
  private final boolean mayBeEmpty;
  private final long until;
  private long next;
  private @Nullable BatchDraft shown;
  private boolean closed;

  private DataLoader(
      LoaderThreads threads, DamageLog damages, boolean mayBeEmpty, long from, long until) {
    this.threads = threads;
    this.damages = damages;
    this.mayBeEmpty = mayBeEmpty;
    this.next = from;
    this.until = until;
  }

  /** Starts loading in the usual way, see {@link LoaderOptions#standard}. */
  public static DataLoader start(
      Dataset set, Augmentation augmentation, BatchSampler batches, long from, long until) {
    return start(set, augmentation, batches, from, until, LoaderOptions.standard());
  }

  /**
   * Starts loading the batches {@code from <= number < until}, counted through all epochs. Where a
   * damaged picture is skipped, another sample of the set takes its place.
   *
   * @throws IllegalArgumentException if the batches are of another number of samples than the set
   */
  public static DataLoader start(
      Dataset set,
      Augmentation augmentation,
      BatchSampler batches,
      long from,
      long until,
      LoaderOptions loading) {
    if (batches.samples() != set.size()) {
      throw new IllegalArgumentException(
          "batches of %d samples for a set of %d".formatted(batches.samples(), set.size()));
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

  /** Loads one pass in the usual way, see {@link LoaderOptions#standard}. */
  public static DataLoader onePass(Dataset set, Transform transform, int batchSize) {
    return onePass(set, transform, batchSize, LoaderOptions.standard());
  }

  /**
   * Loads one pass over a set in its own order, for evaluation. A damaged picture that is skipped
   * is missing from its batch: take labels from the batches, not from the set.
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
    double max = loading.damage() instanceof DamagePolicy.Skip(double share) ? share : 0;
    DamageLog damages = new DamageLog(set.size(), max, loading.report());
    boolean mayBeEmpty = substitution == Substitution.NOTHING;
    BatchMaker maker = new BatchMaker(set, augmentation, batches, substitution, new PixelBuffers());
    LoaderThreads threads = LoaderThreads.start(maker, from, until, loading);
    return new DataLoader(threads, damages, mayBeEmpty, from, until);
  }

  /** Whether there is another batch; in one pass this may wait to see if anything is left in it. */
  @Override
  public boolean hasNext() {
    while (mayBeEmpty && !closed && next < until && threads.head().isEmpty()) {
      BatchDraft empty = threads.take();
      count(empty);
      empty.recycle();
    }
    return next < until;
  }

  /**
   * The next batch, waiting for it if need be.
   *
   * @throws NoSuchElementException after the last one
   * @throws FormatException if more pictures are damaged than may be
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
    if (shown != null) {
      shown.recycle();
      shown = null;
    }
    BatchDraft draft = threads.take();
    switch (draft.failure()) {
      case null -> {
        count(draft);
        shown = draft;
        return draft.batch();
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

  private void count(BatchDraft draft) {
    next++;
    try {
      damages.add(draft.damages());
    } catch (FormatException e) {
      close();
      throw e;
    }
  }

  /**
   * How long {@link #next} has waited so far, in seconds: above a few per cent, loading is slow.
   */
  public double waitedSeconds() {
    return threads.waitedNanos() * 1e-9;
  }

  /** Different damaged pictures among the batches taken so far. */
  public int damaged() {
    return damages.count();
  }

  /** Stops loading, waits for the threads to end and sums up; closing again does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      threads.close();
      damages.summarize();
    }
  }
}
