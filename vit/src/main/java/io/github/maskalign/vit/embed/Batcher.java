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
  private record Job<I>(@Nullable I input, CompletableFuture<float[]> result) {}

  private final String name;
  private final Work<I> work;
  private final int max;
  private final long waitNanos;
  private final BlockingQueue<Job<I>> queue = new LinkedBlockingQueue<>();
  private final Object lock = new Object();
  private final CompletableFuture<?> ended;
  private boolean closed;

  /**
   * Starts the thread.
   *
   * @param name for messages and the thread
   */
  Batcher(String name, Work<I> work, int max, Duration wait) {
    this.name = name;
    this.work = work;
    this.max = max;
    this.waitNanos = wait.toNanos();
    Executor starter = Thread.ofPlatform().daemon().name("maskalign-" + name)::start;
    this.ended = CompletableFuture.runAsync(this::serve, starter);
  }

  /**
   * Waits for the result of an input.
   *
   * @throws ClosedException after {@link #close}
   * @throws ThreadInterruptedException if the calling thread is interrupted
   */
  float[] submit(I input) {
    return submit(List.of(input)).getFirst();
  }

  /**
   * Waits for the results of several inputs.
   *
   * @throws ClosedException after {@link #close}
   * @throws ThreadInterruptedException if the calling thread is interrupted
   */
  List<float[]> submit(List<I> inputs) {
    List<Job<I>> jobs =
        inputs.stream().map(input -> new Job<>(input, new CompletableFuture<float[]>())).toList();
    synchronized (lock) {
      if (closed) {
        throw new ClosedException(name + ": used after close");
      }
      queue.addAll(jobs);
    }
    return jobs.stream().map(job -> await(job.result)).toList();
  }

  private float[] await(CompletableFuture<float[]> result) {
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
      queue.drainTo(batch);
    }
    batch.forEach(job -> job.result.completeExceptionally(failure));
  }

  /** Fills a batch; false if it is the last. */
  private boolean collect(List<Job<I>> batch) throws InterruptedException {
    Job<I> next = queue.take();
    long until = System.nanoTime() + waitNanos;
    while (next != null) {
      if (next.input == null) {
        return false;
      }
      batch.add(next);
      if (batch.size() == max) {
        return true;
      }
      next = queue.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return true;
  }

  private void run(List<Job<I>> batch) {
    try {
      List<float[]> results = work.run(batch.stream().map(Job::input).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).result.complete(results.get(i));
      }
    } catch (InternalError e) {
      // Weights of a mapped file that was truncated.
      Throwable cause = MappedFile.truncation(e).<Throwable>map(known -> known).orElse(e);
      batch.forEach(job -> job.result.completeExceptionally(cause));
    } catch (RuntimeException | Error e) {
      batch.forEach(job -> job.result.completeExceptionally(e));
    }
  }

  /** Completes pending requests and stops; closing again has no effect. */
  @Override
  public void close() {
    synchronized (lock) {
      if (!closed) {
        closed = true;
        queue.add(new Job<>(null, new CompletableFuture<>()));
      }
    }
    ended.join();
  }
}
