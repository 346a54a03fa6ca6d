package io.github.maskalign.cpu.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void everyTaskRunsOnce(int threads) {
    try (var workers = new Workers(threads)) {
      for (int tasks : new int[] {0, 1, 2, 3, 100, 1000}) {
        for (int repeat = 0; repeat < 50; repeat++) {
          var runs = new AtomicIntegerArray(tasks);
          workers.run(tasks, runs::incrementAndGet);
          for (int task = 0; task < tasks; task++) {
            assertEquals(1, runs.get(task), "runs of task " + task + " of " + tasks);
          }
        }
      }
    }
  }

  @Test
  void oneThreadRunsInTheCaller() {
    try (var workers = new Workers(1)) {
      Thread caller = Thread.currentThread();
      workers.run(5, _ -> assertSame(caller, Thread.currentThread()));
    }
  }

  @Test
  void callsFromTasksAndFromOtherThreadsRunToo() throws InterruptedException {
    try (var workers = new Workers(2)) {
      var count = new AtomicInteger();
      var callers = new ArrayList<Thread>();
      for (int i = 0; i < 4; i++) {
        callers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int repeat = 0; repeat < 100; repeat++) {
                        workers.run(5, _ -> workers.run(3, _ -> count.incrementAndGet()));
                      }
                    }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertEquals(4 * 100 * 5 * 3, count.get());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anExceptionReachesTheCallerAndTheTeamGoesOn(int threads) {
    try (var workers = new Workers(threads)) {
      var thrown = new IllegalStateException("task 7");
      for (int repeat = 0; repeat < 20; repeat++) {
        var caught =
            assertThrows(
                IllegalStateException.class,
                () ->
                    workers.run(
                        50,
                        task -> {
                          if (task == 7) {
                            throw thrown;
                          }
                        }));
        assertSame(thrown, caught);
        var sum = new AtomicInteger();
        workers.run(10, sum::addAndGet);
        assertEquals(45, sum.get());
      }
    }
  }

  @Test
  void theStepsOfARangeDoNotDependOnTheThreads() {
    List<long[]> steps = new ArrayList<>();
    for (int threads = 1; threads <= 3; threads++) {
      try (var workers = new Workers(threads)) {
        long[] ends = new long[4];
        workers.forRange(1003, 300, (from, to) -> ends[(int) (from / 300)] = to);
        steps.add(ends);
        var calls = new AtomicLong();
        workers.forRange(0, 10, (_, _) -> calls.incrementAndGet());
        assertEquals(0, calls.get());
      }
    }
    for (long[] ends : steps) {
      assertArrayEquals(new long[] {300, 600, 900, 1003}, ends);
    }
  }

  @Test
  void workIsSharedAfterASleep() throws InterruptedException {
    try (var workers = new Workers(2)) {
      for (int repeat = 0; repeat < 5; repeat++) {
        Thread.sleep(20);
        var started = new AtomicInteger();
        // Ends only when both threads are in a task at once.
        workers.run(
            2,
            _ -> {
              started.incrementAndGet();
              while (started.get() < 2) {
                Thread.onSpinWait();
              }
            });
        assertEquals(2, started.get());
      }
    }
  }

  @Test
  void useAfterCloseIsRefused() {
    var workers = new Workers(2);
    workers.close();
    assertThrows(ClosedException.class, () -> workers.run(2, _ -> {}));
    assertThrows(ArgumentException.class, () -> new Workers(0));
  }
}
