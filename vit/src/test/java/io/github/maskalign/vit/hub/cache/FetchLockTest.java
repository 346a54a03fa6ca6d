package io.github.maskalign.vit.hub.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ThreadInterruptedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchLockTest {

  private static final String NAME = "abc";

  private @TempDir Path folder;

  @Test
  void oneThreadHasItAndTheOthersWait() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (FetchLock _ = FetchLock.acquire(folder, NAME, () -> {})) {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      Thread.sleep(20);
                      inside.decrementAndGet();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1, most.get());
  }

  @Test
  void anotherPathToTheFolderIsTheSame() throws Exception {
    Path alias = Files.createSymbolicLink(folder.resolve("alias"), folder);
    CountDownLatch waiting = new CountDownLatch(1);
    Thread other;
    try (FetchLock _ = FetchLock.acquire(folder, NAME, () -> {})) {
      other =
          Thread.ofVirtual()
              .start(() -> FetchLock.acquire(alias, NAME, waiting::countDown).close());
      assertTrue(waiting.await(10, TimeUnit.SECONDS));
    }
    other.join();
  }

  @Test
  void anotherProcessHasIt() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder holder =
        new ProcessBuilder(
            java.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            folder.toString());
    holder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = holder.start();
    try {
      assertEquals('x', process.getInputStream().read());
      AtomicInteger told = new AtomicInteger();
      Thread end =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (told.get() == 0) {
                      Thread.onSpinWait();
                    }
                    process.destroyForcibly();
                  });
      // A process that is killed gives its lock back.
      FetchLock.acquire(folder, NAME, told::incrementAndGet).close();
      end.join();
      assertEquals(1, told.get());
    } finally {
      process.destroyForcibly();
    }
  }

  /** Holds the lock until it is killed. */
  static final class Holder {
    public static void main(String[] args) throws Exception {
      try (FetchLock _ = FetchLock.acquire(Path.of(args[0]), NAME, () -> {})) {
        System.out.write('x');
        System.out.flush();
        Thread.sleep(60_000);
      }
    }
  }

  @Test
  void whereNoLockCanBeMadeThereIsNone() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    FetchLock.acquire(file, NAME, () -> {}).close();
    FetchLock.acquire(file, NAME, () -> {}).close();
    assertFalse(Files.isDirectory(file));
  }

  @Test
  void aWaitCanBeInterrupted() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    try (FetchLock _ = FetchLock.acquire(folder, NAME, () -> {})) {
      Thread test = Thread.currentThread();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  waiting.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                test.interrupt();
              });
      assertThrows(
          ThreadInterruptedException.class,
          () -> FetchLock.acquire(folder, NAME, waiting::countDown));
      assertTrue(Thread.interrupted());
    }
  }
}
