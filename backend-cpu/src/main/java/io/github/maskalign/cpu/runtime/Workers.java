package io.github.maskalign.cpu.runtime;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed pool of threads that runs the tasks of one kernel at a time; the caller is one of them.
 * Threads claim tasks as they become free. If the split of a kernel's work does not depend on
 * {@link #threads()}, its result is bit-identical for any number of threads.
 *
 * <p>A call made while another runs, from a task or from another thread, runs its tasks in the
 * calling thread. Idle threads spin before they park, since waking one takes about 50 microseconds,
 * as long as a small kernel; after a while they yield the processor between checks.
 */
public final class Workers implements AutoCloseable {

  /** One step of a range, from inclusive, to exclusive. */
  @FunctionalInterface
  public interface RangeBody {
    void run(long from, long to);
  }

  /** Checks while spinning: about 50 microseconds. */
  private static final int SPINS = 2500;

  /** Checks while yielding the processor: about a microsecond each if no other thread wants it. */
  private static final int YIELDS = 1000;

  private final Member[] members;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile @Nullable Job current;
  private volatile boolean closed;

  /**
   * Starts threads - 1 daemon threads.
   *
   * @throws ArgumentException if threads is less than 1
   */
  public Workers(int threads) {
    if (threads < 1) {
      throw new ArgumentException("workers: threads is " + threads + "; must be at least 1");
    }
    members = new Member[threads - 1];
    for (int i = 0; i < members.length; i++) {
      members[i] = new Member("maskalign-worker-" + (i + 1));
      members[i].start();
    }
  }

  /** Threads that run a call's tasks, including the caller. */
  public int threads() {
    return members.length + 1;
  }

  /**
   * Runs body for 0 .. tasks - 1, each once, in any order, and returns when all have finished. If a
   * task throws, those that have not started are skipped and the first exception is rethrown.
   *
   * @throws ClosedException after {@link #close()}
   */
  public void run(int tasks, IntConsumer body) {
    if (closed) {
      throw new ClosedException("workers: used after close; close the backend after its last use");
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
   * with one partial sum per step are bit-identical for any number of threads.
   */
  public void forRange(long n, long grain, RangeBody body) {
    int tasks = Math.toIntExact(Math.ceilDiv(n, grain));
    if (tasks <= 1) {
      if (n > 0) {
        body.run(0, n);
      }
      return;
    }
    run(tasks, task -> body.run(task * grain, Math.min(n, (task + 1) * grain)));
  }

  /** Ends the threads. Must not be called while a call runs. */
  @Override
  public void close() {
    closed = true;
    for (Member member : members) {
      LockSupport.unpark(member);
    }
  }

  /** Waits between two checks. */
  private static void pause(int check) {
    if (check < SPINS) {
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

    /** Waits for a job other than the last one; null if woken without one. */
    private @Nullable Job next(@Nullable Job seen) {
      for (int i = 0; i < SPINS + YIELDS && !closed; i++) {
        Job job = current;
        if (job != null && job != seen) {
          return job;
        }
        pause(i);
      }
      asleep = true;
      // Checked again after asleep is set: a caller that published a job before saw this thread
      // awake.
      Job job = current;
      if ((job == null || job == seen) && !closed) {
        LockSupport.park(Workers.this);
      }
      asleep = false;
      job = current;
      return job == seen ? null : job;
    }
  }

  /** The tasks of one call: next is the first unclaimed one, left counts the unfinished. */
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
