package io.github.maskalign.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.StateException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anotherProcessIsNamedAndItsDeathReleasesTheLock(@TempDir Path folder) throws Exception {
    Path file = folder.resolve(".marker");
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
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
