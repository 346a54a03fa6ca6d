package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.ClosedException;
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

/** Computes together what several threads ask for at about the same time, on one thread. */
final class Batcher implements AutoCloseable {

  /** One result for each input. */
  interface Work {
    List<float[]> run(List<float[]> inputs);
  }

  /** Something to compute; without an input, the sign to end. */
  private record Job(float @Nullable [] input, CompletableFuture<float[]> result) {}

  private final Work work;
  private final int most;
  private final long waitNanos;
  private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>();
  private final Object gate = new Object();
  private final CompletableFuture<?> ended;
  private boolean closed;

  Batcher(Work work, int most, Duration wait) {
    this.work = work;
    this.most = most;
    this.waitNanos = wait.toNanos();
    Executor starter = Thread.ofPlatform().daemon().name("maskalign-embedder")::start;
    this.ended = CompletableFuture.runAsync(this::serve, starter);
  }

  /**
   * The result for an input, waiting for it.
   *
   * @throws ClosedException after {@link #close}, or if the calling thread is interrupted
   */
  float[] submit(float[] input) {
    Job job = new Job(input, new CompletableFuture<>());
    synchronized (gate) {
      if (closed) {
        throw new ClosedException("embedder: used after close");
      }
      queue.add(job);
    }
    try {
      return job.result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedException("embedder: interrupted while waiting for an embedding");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Error error -> throw error;
        case RuntimeException failure -> throw failure;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private void serve() {
    List<Job> batch = new ArrayList<>();
    try {
      for (boolean open = true; open; batch.clear()) {
        open = collect(batch);
        if (!batch.isEmpty()) {
          run(batch);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the embedder's thread", e);
    }
  }

  /** Fills a batch; false if it is the last. */
  private boolean collect(List<Job> batch) throws InterruptedException {
    Job next = queue.take();
    long until = System.nanoTime() + waitNanos;
    while (next != null) {
      if (next.input == null) {
        return false;
      }
      batch.add(next);
      if (batch.size() == most) {
        return true;
      }
      next = queue.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return true;
  }

  private void run(List<Job> batch) {
    try {
      List<float[]> results = work.run(batch.stream().map(Job::input).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).result.complete(results.get(i));
      }
    } catch (RuntimeException | Error e) {
      batch.forEach(job -> job.result.completeExceptionally(e));
    }
  }

  /** Computes what was asked for before, and ends; closing again does nothing. */
  @Override
  public void close() {
    synchronized (gate) {
      if (!closed) {
        closed = true;
        queue.add(new Job(null, new CompletableFuture<>()));
      }
    }
    ended.join();
  }
}
