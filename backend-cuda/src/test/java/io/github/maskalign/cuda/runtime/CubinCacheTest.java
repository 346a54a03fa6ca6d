package io.github.maskalign.cuda.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CubinCacheTest {

  private static final byte[] IMAGE = {1, 2, 3, 4, 5};

  @TempDir Path folder;

  private int compiled;

  private final Supplier<byte[]> compiler =
      () -> {
        compiled++;
        return IMAGE.clone();
      };

  private Path onlyFile() throws IOException {
    try (var files = Files.list(folder.resolve("kernels"))) {
      List<Path> all = files.toList();
      assertEquals(1, all.size(), all::toString);
      return all.getFirst();
    }
  }

  private void get(String... key) {
    CubinCache cache = new CubinCache(folder.resolve("kernels"));
    assertArrayEquals(IMAGE, cache.get(List.of(key), compiler));
  }

  @Test
  void compilesOncePerKey() {
    get("source", "sm_90");
    get("source", "sm_90");
    assertEquals(1, compiled);
    get("source", "sm_80");
    get("sources", "m_90");
    assertEquals(3, compiled);
  }

  @Test
  void damagedEntriesAreCompiledAgain() throws IOException {
    get("source");
    byte[] entry = Files.readAllBytes(onlyFile());
    for (int cut : new int[] {0, 10, 32, entry.length - 1}) {
      Files.write(onlyFile(), Arrays.copyOf(entry, cut));
      get("source");
    }
    entry[entry.length - 1] ^= 1;
    Files.write(onlyFile(), entry);
    get("source");
    assertEquals(6, compiled);
    get("source");
    assertEquals(6, compiled);
  }

  @Test
  void compilesEveryTimeIfTheFolderIsUnusable() throws IOException {
    Logger.getLogger(CubinCache.class.getName()).setLevel(Level.OFF);
    Files.writeString(folder.resolve("kernels"), "a file where the folder should be");
    get("source");
    get("source");
    assertEquals(2, compiled);
  }

  /** The entry becomes a folder while its kernels are compiled. */
  @Test
  void compilesOnceIfTheImageCannotBeStored() throws IOException {
    Logger.getLogger(CubinCache.class.getName()).setLevel(Level.OFF);
    get("source");
    Path entry = onlyFile();
    Files.delete(entry);
    CubinCache cache = new CubinCache(folder.resolve("kernels"));
    byte[] image =
        cache.get(
            List.of("source"),
            () -> {
              try {
                Files.createDirectories(entry.resolve("inside"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return compiler.get();
            });
    assertArrayEquals(IMAGE, image);
    assertEquals(2, compiled);
  }

  @Test
  void aFolderThatOthersCanWriteIsNotUsed() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("unix"));
    Logger.getLogger(CubinCache.class.getName()).setLevel(Level.OFF);
    get("source");
    Files.setPosixFilePermissions(
        folder.resolve("kernels"), PosixFilePermissions.fromString("rwxrwxrwx"));
    get("source");
    assertEquals(2, compiled);
  }
}
