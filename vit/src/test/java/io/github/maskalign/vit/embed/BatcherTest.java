package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.tensor.error.ThreadInterruptedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatcherTest {

  private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

  private List<float[]> doubled(List<float[]> inputs) {
    sizes.add(inputs.size());
    return inputs.stream().map(input -> new float[] {2 * input[0]}).toList();
  }

  @Test
  void everyCallerGetsItsOwn() throws Exception {
    try (Batcher<float[]> batcher =
            new Batcher<>("test", this::doubled, Batching.of(8, Duration.ZERO));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        float[] input = {i};
        results.add(callers.submit(() -> batcher.submit(input)));
      }
      for (int i = 0; i < 500; i++) {
        assertArrayEquals(new float[] {2 * i}, results.get(i).get());
      }
    }
    assertEquals(500, sizes.stream().mapToInt(size -> size).sum());
    assertTrue(Collections.max(sizes) <= 8, sizes.toString());
  }

  @Test
  void thoseWhoCameWhileItWasBusyAreTakenTogether() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Batcher.Work<float[]> slow =
        inputs -> {
          started.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return doubled(inputs);
        };
    try (Batcher<float[]> batcher =
            new Batcher<>("test", slow, Batching.of(4, Duration.ofSeconds(5)));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        float[] input = {i};
        results.add(callers.submit(() -> batcher.submit(input)));
      }
      started.await();
      go.countDown();
      for (Future<float[]> result : results) {
        result.get();
      }
    }
    assertEquals(List.of(4, 4), sizes);
  }

  @Test
  void aFailureReachesTheCallerAndIsOverThen() throws Exception {
    Batcher.Work<float[]> failing =
        inputs -> {
          if (inputs.getFirst()[0] < 0) {
            throw new IllegalArgumentException("negative");
          }
          return doubled(inputs);
        };
    try (Batcher<float[]> batcher = new Batcher<>("test", failing, Batching.of(1, Duration.ZERO))) {
      assertThrows(IllegalArgumentException.class, () -> batcher.submit(new float[] {-1}));
      assertArrayEquals(new float[] {6}, batcher.submit(new float[] {3}));
    }
  }

  @Test
  void nobodyWaitsForAThreadThatEnded() {
    Batcher.Work<float[]> interrupting =
        inputs -> {
          Thread.currentThread().interrupt();
          return doubled(inputs);
        };
    try (Batcher<float[]> batcher =
        new Batcher<>("test", interrupting, Batching.of(1, Duration.ZERO))) {
      assertArrayEquals(new float[] {2}, batcher.submit(new float[] {1}));
      assertThrows(StateException.class, () -> batcher.submit(new float[] {2}));
    }
  }

  @Test
  void whatWasAskedForBeforeClosingIsComputed() throws Exception {
    Batcher<float[]> batcher = new Batcher<>("test", this::doubled, Batching.of(2, Duration.ZERO));
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        float[] input = {i};
        results.add(callers.submit(() -> batcher.submit(input)));
      }
      batcher.close();
      batcher.close();
      for (Future<float[]> result : results) {
        try {
          result.get();
        } catch (ExecutionException e) {
          assertEquals(ClosedException.class, e.getCause().getClass());
        }
      }
    }
    assertThrows(ClosedException.class, () -> batcher.submit(new float[] {1}));
  }

  @Test
  void anInterruptedCallerIsInterruptedAndOthersAreNot() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Batcher.Work<float[]> slow =
        inputs -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return doubled(inputs);
        };
    try (Batcher<float[]> batcher = new Batcher<>("test", slow, Batching.of(4, Duration.ZERO));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<float[]> patient = callers.submit(() -> batcher.submit(new float[] {3}));
      Thread.currentThread().interrupt();
      assertThrows(ThreadInterruptedException.class, () -> batcher.submit(new float[] {1}));
      assertTrue(Thread.interrupted(), "the flag stays set");
      go.countDown();
      assertArrayEquals(new float[] {6}, patient.get());
    }
  }
}
