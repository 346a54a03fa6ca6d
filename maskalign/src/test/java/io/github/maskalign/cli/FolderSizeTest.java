package io.github.maskalign.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSizeTest {

  @Test
  void allFilesBelowCount(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("a"), new byte[3]);
    Files.write(Files.createDirectories(folder.resolve("b/c")).resolve("d"), new byte[40]);
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("a"));
    assertEquals(43, FolderSize.of(folder));
  }

  @Test
  void anAbsentFolderTakesNothing(@TempDir Path folder) {
    assertEquals(0, FolderSize.of(folder.resolve("absent")));
  }

  @Test
  void whatVanishesMeanwhileCountsAsEmpty(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("kept"), new byte[3]);
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> churn(folder, done));
    try {
      for (int i = 0; i < 500; i++) {
        assertEquals(3, FolderSize.of(folder));
      }
    } finally {
      done.set(true);
      writer.join();
    }
  }

  private static void churn(Path folder, AtomicBoolean done) {
    try {
      while (!done.get()) {
        Path inner = Files.createDirectories(folder.resolve("inner"));
        // Many, so that a listing holds names that are gone when their turn comes.
        for (int i = 0; i < 50; i++) {
          Files.createFile(inner.resolve(i + ".tmp"));
        }
        for (int i = 0; i < 50; i++) {
          Files.delete(inner.resolve(i + ".tmp"));
        }
        Files.delete(inner);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
