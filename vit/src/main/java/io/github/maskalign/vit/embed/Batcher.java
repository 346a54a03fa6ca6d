package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.tensor.error.ThreadInterruptedException;
import io.github.maskalign.tensor.io.MappedFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Batches the requests of concurrent callers and computes them on one thread.
 *
 * @param <I> input of a request
 */
final class Batcher<I> implements AutoCloseable {

  /** Computes one result per input. */
  interface Work<I> {
    List<float[]> run(List<I> inputs);
  }

  /** A request; without input, the signal to stop. */
  private record Job<I>(@Nullable I input, CompletableFuture<float[]> result, long submitted) {
    private Job(@Nullable I input) {
      this(input, new CompletableFuture<>(), System.nanoTime());
    }
  }

  private final String name;
  private final Work<I> work;
  private final Batching batching;
  private final BlockingQueue<Job<I>> queue = new LinkedBlockingQueue<>();
  private final LongAdder completed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Object lock = new Object();
  private final CompletableFuture<?> ended;
  private boolean closed;
  private @Nullable Throwable problem;

  /**
   * Starts the thread.
   *
   * @param name for messages and the thread
   */
  Batcher(String name, Work<I> work, Batching batching) {
    this.name = name;
    this.work = work;
    this.batching = batching;
    Executor starter = Thread.ofPlatform().daemon().name("maskalign-" + name)::start;
    this.ended = CompletableFuture.runAsync(this::serve, starter);
  }

  /** Whether it serves requests, and how many it has served. */
  Health health() {
    synchronized (lock) {
      return new Health(
          !closed,
          problem == null ? null : problem.toString(),
          completed.sum(),
          failed.sum(),
          queue.size());
    }
  }

  /**
   * Waits for the result of an input.
   *
   * @throws ClosedException after {@link #close}
   * @throws ThreadInterruptedException if the calling thread is interrupted
   */
  float[] submit(I input) {
    return await(submitAsync(input));
  }

  /**
   * Waits for the results of several inputs.
   *
   * @throws ClosedException after {@link #close}
   * @throws ThreadInterruptedException if the calling thread is interrupted
   */
  List<float[]> submit(List<I> inputs) {
    return add(inputs.stream().map(Job<I>::new).toList()).stream()
        .map(job -> await(job.result))
        .toList();
  }

  /**
   * The result of an input, later.
   *
   * @throws ClosedException after {@link #close}
   */
  CompletableFuture<float[]> submitAsync(I input) {
    return add(List.of(new Job<>(input))).getFirst().result;
  }

  private List<Job<I>> add(List<Job<I>> jobs) {
    synchronized (lock) {
      if (closed) {
        throw new ClosedException(name + ": used after close");
      }
      queue.addAll(jobs);
    }
    return jobs;
  }

  /**
   * Waits for a result.
   *
   * @throws ThreadInterruptedException if the calling thread is interrupted
   */
  float[] await(CompletableFuture<float[]> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      throw new ThreadInterruptedException(
          name + ": interrupted while waiting for an embedding", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Error error -> throw error;
        case RuntimeException failure -> throw failure;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private void serve() {
    List<Job<I>> batch = new ArrayList<>();
    try {
      for (boolean open = true; open; batch.clear()) {
        open = collect(batch);
        if (!batch.isEmpty()) {
          run(batch);
        }
      }
    } catch (InterruptedException e) {
      fail(batch, new StateException(name + ": its thread was interrupted; open another"));
    } catch (RuntimeException | Error e) {
      fail(batch, e);
    }
  }

  /** Nothing serves later requests, and those that wait would wait forever. */
  private void fail(List<Job<I>> batch, Throwable failure) {
    synchronized (lock) {
      closed = true;
      problem = failure;
      queue.drainTo(batch);
    }
    failed.add(batch.size());
    batch.forEach(job -> job.result.completeExceptionally(failure));
  }

  /** Fills a batch; false if it is the last. */
  private boolean collect(List<Job<I>> batch) throws InterruptedException {
    Job<I> next = queue.take();
    long until = System.nanoTime() + batching.maxDelay().toNanos();
    while (next != null) {
      if (next.input == null) {
        return false;
      }
      batch.add(next);
      if (batch.size() == batching.maxBatch()) {
        return true;
      }
      next = queue.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return true;
  }

  /** Counts and tells a batch before its callers go on, so that they find it in the metrics. */
  private void run(List<Job<I>> batch) {
    long start = System.nanoTime();
    List<float[]> results = List.of();
    Throwable failure = null;
    try {
      results = work.run(batch.stream().map(Job::input).toList());
      completed.add(batch.size());
    } catch (RuntimeException | Error e) {
      failure = known(e);
      failed.add(batch.size());
    }
    Duration waited = Duration.ofNanos(start - batch.getFirst().submitted);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    tell(new BatchListener.Batch(batch.size(), queue.size(), waited, took, failure));
    for (int i = 0; i < batch.size(); i++) {
      if (failure == null) {
        batch.get(i).result.complete(results.get(i));
      } else {
        batch.get(i).result.completeExceptionally(failure);
      }
    }
  }

  /** Names the file if weights of a mapped one are gone. */
  private static Throwable known(Throwable failure) {
    return failure instanceof InternalError error
        ? MappedFile.truncation(error).<Throwable>map(truncated -> truncated).orElse(error)
        : failure;
  }

  private void tell(BatchListener.Batch batch) {
    try {
      batching.listener().batch(batch);
    } catch (RuntimeException | Error e) {
      System.getLogger(Batcher.class.getPackageName())
          .log(System.Logger.Level.WARNING, name + ": its listener failed", e);
    }
  }

  /** Completes pending requests and stops; closing again has no effect. */
  @Override
  public void close() {
    synchronized (lock) {
      if (!closed) {
        closed = true;
        queue.add(new Job<>(null));
      }
    }
    ended.join();
  }
}
