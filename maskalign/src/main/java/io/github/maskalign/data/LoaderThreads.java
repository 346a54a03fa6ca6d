package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ClosedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Threads that make the batches of a loader: a window of drafts in the order of their numbers, from
 * which workers claim positions and the consumer takes the first when it is whole.
 *
 * <p>Decoding keeps a core busy, so the workers are platform threads. They are stopped by a flag
 * and not by interrupting, which would close files under other readers.
 */
final class LoaderThreads {

  /** Pieces of a batch for each worker: small enough that all end at about the same time. */
  private static final int PIECES = 4;

  private static final class Slot {
    private final BatchDraft draft;
    private int claimed;
    private int made;

    Slot(BatchDraft draft) {
      this.draft = draft;
    }

    boolean isWhole() {
      return made == draft.size();
    }

    boolean isClaimed() {
      return claimed == draft.size();
    }
  }

  private record Piece(Slot slot, int from, int to) {}

  private final BatchMaker maker;
  private final int workers;
  private final int ahead;
  private final long until;
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
  private long waitedNanos;

  private LoaderThreads(BatchMaker maker, long from, long until, LoaderOptions loading) {
    this.maker = maker;
    this.workers = loading.workers();
    this.ahead = loading.ahead();
    this.begun = from;
    this.until = until;
    this.threads =
        IntStream.range(0, workers)
            .mapToObj(i -> Thread.ofPlatform().daemon().name("maskalign-loader-" + i))
            .map(thread -> thread.unstarted(this::run))
            .toList();
  }

  /** Starts on the batches {@code from <= number < until}. */
  static LoaderThreads start(BatchMaker maker, long from, long until, LoaderOptions loading) {
    LoaderThreads started = new LoaderThreads(maker, from, until, loading);
    started.threads.forEach(Thread::start);
    return started;
  }

  private void run() {
    Piece piece = claim();
    while (piece != null) {
      piece.slot.draft.make(piece.from, piece.to, () -> closed);
      piece = claimAfter(piece);
    }
  }

  private @Nullable Piece claimAfter(Piece done) {
    lock.lock();
    try {
      done.slot.made += done.to - done.from;
      if (done.slot.isWhole()) {
        ready.signal();
      }
      return claim();
    } finally {
      lock.unlock();
    }
  }

  /** Positions to make; null when there are no more. */
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

  private BatchDraft begin(long number) {
    BatchSampler batches = maker.batches();
    if (batches.epoch(number) != epoch) {
      epoch = batches.epoch(number);
      order = batches.order(epoch);
    }
    return maker.begin(number, order);
  }

  private Piece piece(Slot slot) {
    int size = slot.draft.size();
    int from = slot.claimed;
    slot.claimed = Math.min(from + Math.max(1, size / (workers * PIECES)), size);
    return new Piece(slot, from, slot.claimed);
  }

  /** The first batch, when it is whole; it stays first. */
  BatchDraft head() {
    lock.lock();
    long start = System.nanoTime();
    try {
      while (window.isEmpty() || !window.peekFirst().isWhole()) {
        if (window.isEmpty() && failure != null) {
          throw rethrown(failure);
        }
        ready.await();
      }
      return window.peekFirst().draft;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedException("batch loader: interrupted while waiting for a batch");
    } finally {
      waitedNanos += System.nanoTime() - start;
      lock.unlock();
    }
  }

  /** The first batch, when it is whole; there is room for another then. */
  BatchDraft take() {
    lock.lock();
    try {
      BatchDraft first = head();
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

  /** Time that the consumer stood waiting. */
  long waitedNanos() {
    return waitedNanos;
  }

  /** Ends all threads, each after the picture that it is at. */
  void close() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
