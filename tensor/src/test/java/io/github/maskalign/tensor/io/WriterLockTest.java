package io.github.maskalign.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.StateException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class WriterLockTest {

  private static WriterLock acquire(Path file) throws IOException {
    return WriterLock.acquire(file, "runs/a", "choose another folder");
  }

  private static String refusal(Path file) {
    return assertThrows(StateException.class, () -> acquire(file)).getMessage();
  }

  /** Holds a lock until it is killed. */
  static final class Holder {
    public static void main(String[] args) throws Exception {
      try (WriterLock lock = acquire(Path.of(args[0]))) {
        System.out.println("held");
        Thread.sleep(TimeUnit.MINUTES.toMillis(2));
      }
    }
  }

  private static Process start(Class<?> program, Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            program.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Says whether it gets a lock. */
  static final class Rival {
    public static void main(String[] args) throws Exception {
      try (WriterLock lock = acquire(Path.of(args[0]))) {
        System.out.println("held");
      } catch (StateException e) {
        System.out.println("refused");
      }
    }
  }

  /** Looks whether a file is locked, as slowly as its standard input ends. */
  static final class Prober {
    public static void main(String[] args) throws Exception {
      try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.READ);
          FileLock lock = channel.tryLock(Long.MAX_VALUE - 1, 1, true)) {
        System.out.println("probing");
        System.in.read();
      }
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aSecondAttemptOfThisProcessKeepsTheLockWithoutTheOwnersFile(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("marker");
    try (WriterLock lock = acquire(file)) {
      Files.delete(folder.resolve(".marker.owner"));
      assertTrue(refusal(file).contains("in use"));
      assertTrue(WriterLock.isHeld(file));
      Path link = Files.createSymbolicLink(folder.resolve("link"), file);
      assertTrue(WriterLock.isHeld(link));
      assertTrue(refusal(link).contains("in use"));
      Process rival = start(Rival.class, file);
      assertEquals("refused", new String(rival.getInputStream().readAllBytes()).strip());
    }
    assertFalse(WriterLock.isHeld(file));
  }

  @Test
  void aLockWhoseOwnerCannotBeWrittenIsReleased(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("marker");
    Path owner = Files.createDirectory(folder.resolve(".marker.owner"));
    IOException error = assertThrows(IOException.class, () -> acquire(file));
    assertTrue(error.getMessage().startsWith(owner + ": "), error.getMessage());
    Files.delete(owner);
    acquire(file).close();
  }

  @Test
  void aLockWhoseOwnerCannotBeDeletedIsReleased(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("marker");
    Path owner = folder.resolve(".marker.owner");
    WriterLock lock = acquire(file);
    Files.delete(owner);
    Path inside = Files.createDirectories(owner.resolve("inside"));
    assertThrows(UncheckedIOException.class, lock::close);
    Files.delete(inside);
    Files.delete(owner);
    acquire(file).close();
    lock.close();
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoOnlyLooksDoesNotMakeAWriterFail(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("marker"));
    Process prober = start(Prober.class, file);
    try (BufferedReader said = prober.inputReader()) {
      assertEquals("probing", said.readLine());
      Thread end =
          Thread.startVirtualThread(
              () -> {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                prober.destroyForcibly();
              });
      WriterLock.acquire(file, "runs/a", "choose another", Duration.ofSeconds(30)).close();
      end.join();
    } finally {
      prober.destroyForcibly();
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anotherProcessIsNamedAndItsDeathReleasesTheLock(@TempDir Path folder) throws Exception {
    Path file = folder.resolve(".marker");
    Process holder = start(Holder.class, file);
    try (BufferedReader said = new BufferedReader(new InputStreamReader(holder.getInputStream()))) {
      assertEquals("held", said.readLine());
      String message = refusal(file);
      assertTrue(
          message.startsWith("runs/a is in use by process " + holder.pid() + " on host "), message);
      assertTrue(message.endsWith("; wait until it ends, or choose another folder"), message);
      // A refused attempt takes nothing away from the holder.
      assertEquals(message, refusal(file));
    } finally {
      holder.destroyForcibly();
    }
    assertTrue(holder.waitFor(20, TimeUnit.SECONDS));
    acquire(file).close();
  }

  @Test
  void theSameProcessIsRefusedTooAndKeepsItsLock(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("marker"), "text");
    try (WriterLock lock = acquire(file)) {
      assertTrue(refusal(file).contains("process " + ProcessHandle.current().pid()));
      assertEquals("text", Files.readString(folder.resolve("marker")));
    }
    assertFalse(Files.exists(folder.resolve(".marker.owner")));
    acquire(file).close();
  }
}
