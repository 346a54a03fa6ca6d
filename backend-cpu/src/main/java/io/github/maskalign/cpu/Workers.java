package io.github.maskalign.cpu;

import io.github.maskalign.tensor.error.ClosedException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that share out the tasks of one kernel at a time; the caller is one of
 * them. Tasks are claimed as threads come free. A kernel must split its work without regard to
 * {@link #threads()}, or in a way that its result does not show: then that has the same bits for
 * any number of threads.
 *
 * <p>A call made while another runs, from a task or from another thread, runs its tasks in its own
 * thread. Idle threads spin before they sleep: to wake one takes some fifty microseconds, as long
 * as a small kernel. They soon offer their processor to others at every turn.
 */
final class Workers implements AutoCloseable {

  /** One step of a range, from inclusive, to exclusive. */
  @FunctionalInterface
  interface RangeBody {
    void run(long from, long to);
  }

  /** Turns of waiting that cost nothing but time, some fifty microseconds. */
  private static final int SPINS = 2500;

  /** Turns that yield the processor, about a microsecond each where nobody wants it. */
  private static final int YIELDS = 1000;

  private final Member[] members;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile @Nullable Job current;
  private volatile boolean closed;

  /**
   * Starts threads - 1 daemon threads.
   *
   * @throws IllegalArgumentException if threads is less than 1
   */
  Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("workers: threads is " + threads + ", give 1 or more");
    }
    members = new Member[threads - 1];
    for (int i = 0; i < members.length; i++) {
      members[i] = new Member("maskalign-worker-" + (i + 1));
      members[i].start();
    }
  }

  /** Threads at work in a call, the caller among them. */
  int threads() {
    return members.length + 1;
  }

  /**
   * Runs body for 0 .. tasks - 1, each once, in any order, and returns when all are done. If one
   * throws, those not yet begun are left out and the first exception is thrown here.
   *
   * @throws ClosedException after {@link #close()}
   */
  void run(int tasks, IntConsumer body) {
    if (closed) {
      throw new ClosedException(
          "workers: used after close; keep the backend open while it is used");
    }
    if (tasks <= 1 || members.length == 0 || !busy.compareAndSet(false, true)) {
      for (int task = 0; task < tasks; task++) {
        body.accept(task);
      }
      return;
    }
    try {
      Job job = new Job(tasks, body);
      current = job;
      int helpers = Math.min(members.length, tasks - 1);
      for (int i = 0; i < helpers; i++) {
        members[i].wake();
      }
      job.work();
      job.await();
      current = null;
      job.rethrow();
    } finally {
      busy.set(false);
    }
  }

  /**
   * Runs body over 0 .. n - 1 in steps of grain. The steps depend on n and grain only: reductions
   * that keep one partial sum a step have the same bits for any number of threads.
   */
  void forRange(long n, long grain, RangeBody body) {
    int tasks = Math.toIntExact(Math.ceilDiv(n, grain));
    if (tasks <= 1) {
      if (n > 0) {
        body.run(0, n);
      }
      return;
    }
    run(tasks, task -> body.run(task * grain, Math.min(n, (task + 1) * grain)));
  }

  /** Lets the threads end. Must not be called while a call runs. */
  @Override
  public void close() {
    closed = true;
    for (Member member : members) {
      LockSupport.unpark(member);
    }
  }

  /** One turn of waiting. */
  private static void pause(int turn) {
    if (turn < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  private final class Member extends Thread {
    private volatile boolean asleep;

    Member(String name) {
      super(name);
      setDaemon(true);
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      Job seen = null;
      while (!closed) {
        Job job = next(seen);
        if (job != null) {
          job.work();
          seen = job;
        }
      }
    }

    /** Waits for a job other than the last one; null when woken for no job. */
    private @Nullable Job next(@Nullable Job seen) {
      for (int i = 0; i < SPINS + YIELDS && !closed; i++) {
        Job job = current;
        if (job != null && job != seen) {
          return job;
        }
        pause(i);
      }
      asleep = true;
      // Looked at again after asleep is set: a job published before it was may have seen us awake.
      Job job = current;
      if ((job == null || job == seen) && !closed) {
        LockSupport.park(Workers.this);
      }
      asleep = false;
      job = current;
      return job == seen ? null : job;
    }
  }

  /** One call's tasks: claimed from next, counted in left. */
  private static final class Job {
    private final int tasks;
    private final IntConsumer body;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger left;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Job(int tasks, IntConsumer body) {
      this.tasks = tasks;
      this.body = body;
      this.left = new AtomicInteger(tasks);
    }

    void work() {
      for (int task; (task = next.getAndIncrement()) < tasks; ) {
        try {
          if (failure.get() == null) {
            body.accept(task);
          }
        } catch (Throwable thrown) {
          failure.compareAndSet(null, thrown);
        } finally {
          if (left.decrementAndGet() == 0 && Thread.currentThread() != caller) {
            LockSupport.unpark(caller);
          }
        }
      }
    }

    void await() {
      for (int i = 0; i < SPINS + YIELDS && left.get() > 0; i++) {
        pause(i);
      }
      while (left.get() > 0) {
        LockSupport.park(this);
      }
    }

    void rethrow() {
      switch (failure.get()) {
        case null -> {}
        case RuntimeException exception -> throw exception;
        case Error error -> throw error;
        case Throwable other -> throw new IllegalStateException("a task failed", other);
      }
    }
  }
}
