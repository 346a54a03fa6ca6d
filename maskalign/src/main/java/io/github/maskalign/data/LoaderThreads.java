package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ThreadInterruptedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The worker threads of a loader: a window of pending batches in the order of their numbers, whose
 * positions the workers claim and whose first batch the consumer takes when it is complete.
 *
 * <p>Decoding is CPU-bound, so the workers are platform threads. A flag stops them instead of an
 * interrupt, which would close files that others read.
 */
final class LoaderThreads {

  /** Pieces of a batch for each worker: small enough that all finish at about the same time. */
  private static final int PIECES = 4;

  /** Longer than a few pictures usually take to load: a thread that needs more time hangs. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** Time after which a stop is noticed while reading hangs. */
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private static final class Slot {
    private final PendingBatch pending;
    private int claimed;
    private int filled;

    Slot(PendingBatch pending) {
      this.pending = pending;
    }

    boolean isWhole() {
      return filled == pending.size();
    }

    boolean isClaimed() {
      return claimed == pending.size();
    }
  }

  private record Piece(Slot slot, int from, int to) {}

  private final BatchFactory factory;
  private final int workers;
  private final int ahead;
  private final long until;
  private final BooleanSupplier stop;
  private final List<Thread> threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition ready = lock.newCondition();
  private final Deque<Slot> window = new ArrayDeque<>();
  private long begun;
  private int epoch = -1;
  private int[] order = {};
  private @Nullable Throwable failure;
  private volatile boolean closed;
  private long lastLoaded;
  private long waitedNanos;

  private LoaderThreads(BatchFactory factory, long from, long until, LoaderOptions loading) {
    this.factory = factory;
    this.workers = loading.workers();
    this.ahead = loading.ahead();
    this.begun = from;
    this.until = until;
    this.stop = loading.stop();
    this.lastLoaded = System.nanoTime();
    this.threads =
        IntStream.range(0, workers)
            .mapToObj(i -> Thread.ofPlatform().daemon().name("maskalign-loader-" + i))
            .map(thread -> thread.unstarted(this::run))
            .toList();
  }

  /** Starts loading the batches {@code from <= number < until}. */
  static LoaderThreads start(BatchFactory factory, long from, long until, LoaderOptions loading) {
    LoaderThreads started = new LoaderThreads(factory, from, until, loading);
    started.threads.forEach(Thread::start);
    return started;
  }

  private void run() {
    Piece piece = claim();
    while (piece != null) {
      piece.slot.pending.fill(piece.from, piece.to, () -> closed);
      piece = claimAfter(piece);
    }
  }

  private @Nullable Piece claimAfter(Piece done) {
    lock.lock();
    try {
      done.slot.filled += done.to - done.from;
      lastLoaded = System.nanoTime();
      if (done.slot.isWhole()) {
        ready.signal();
      }
      return claim();
    } finally {
      lock.unlock();
    }
  }

  /** Claims positions to fill; null when there are no more. */
  private @Nullable Piece claim() {
    lock.lock();
    try {
      while (!closed) {
        Slot last = window.peekLast();
        if (last != null && !last.isClaimed()) {
          return piece(last);
        }
        if (begun == until || failure != null) {
          return null;
        }
        if (window.size() < ahead) {
          window.addLast(new Slot(begin(begun)));
          begun++;
          work.signalAll();
        } else {
          work.awaitUninterruptibly();
        }
      }
      return null;
    } catch (RuntimeException | Error e) {
      failure = e;
      ready.signal();
      return null;
    } finally {
      lock.unlock();
    }
  }

  private PendingBatch begin(long number) {
    BatchSampler batches = factory.batches();
    if (batches.epoch(number) != epoch) {
      epoch = batches.epoch(number);
      order = batches.order(epoch);
    }
    return factory.begin(number, order);
  }

  private Piece piece(Slot slot) {
    int size = slot.pending.size();
    int from = slot.claimed;
    slot.claimed = Math.min(from + Math.max(1, size / (workers * PIECES)), size);
    return new Piece(slot, from, slot.claimed);
  }

  private boolean isReady() {
    return window.isEmpty() ? failure != null : window.peekFirst().isWhole();
  }

  /**
   * Waits for the first batch to be complete, without removing it.
   *
   * @throws StoppedException if reading hangs and a stop is requested
   */
  PendingBatch head() {
    lock.lock();
    long start = System.nanoTime();
    try {
      while (!isReady()) {
        ready.awaitNanos(INTERVAL.toNanos());
        if (!isReady() && hangsSince(start) && stop.getAsBoolean()) {
          throw new StoppedException();
        }
      }
      if (window.isEmpty()) {
        throw rethrown(Objects.requireNonNull(failure));
      }
      return window.peekFirst().pending;
    } catch (InterruptedException e) {
      throw new ThreadInterruptedException(
          "batch loader: interrupted while waiting for a batch", e);
    } finally {
      waitedNanos += System.nanoTime() - start;
      lock.unlock();
    }
  }

  private boolean hangsSince(long start) {
    long now = System.nanoTime();
    return Math.min(now - start, now - lastLoaded) > PATIENCE.toNanos();
  }

  /** Waits for the first batch to be complete and removes it, which makes room for another. */
  PendingBatch take() {
    lock.lock();
    try {
      PendingBatch first = head();
      window.removeFirst();
      work.signalAll();
      return first;
    } finally {
      lock.unlock();
    }
  }

  private static RuntimeException rethrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure;
  }

  /** Time that the consumer has waited. */
  long waitedNanos() {
    return waitedNanos;
  }

  /**
   * Ends all threads, each after its current picture. Reading may hang, so a thread that goes on
   * for several seconds is left behind; it does not keep Java from ending.
   *
   * @return number of threads left behind
   */
  int close() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Thread thread : threads) {
      while (thread.isAlive() && System.nanoTime() < end) {
        try {
          thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return (int) threads.stream().filter(Thread::isAlive).count();
  }
}
