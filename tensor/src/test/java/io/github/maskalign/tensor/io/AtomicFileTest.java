package io.github.maskalign.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  @TempDir private Path folder;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void commitReplacesTheTarget() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    try (AtomicFile file = AtomicFile.create(target)) {
      file.channel().write(bytes("new"));
      assertEquals("old", Files.readString(target));
      file.commit();
      assertThrows(ClosedChannelException.class, file::commit);
    }
    assertEquals("new", Files.readString(target));
    assertEquals(List.of("a"), names());
  }

  @Test
  void closingWithoutCommitLeavesTheTarget() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    try (AtomicFile file = AtomicFile.create(target)) {
      file.channel().write(bytes("new"));
    }
    assertEquals("old", Files.readString(target));
    assertEquals(List.of("a"), names());
  }

  @Test
  void aFailedWriteLeavesTheTarget() throws IOException {
    Path target = folder.resolve("a");
    AtomicFile.write(target, "old".getBytes(StandardCharsets.UTF_8));
    assertThrows(
        IOException.class,
        () ->
            AtomicFile.write(
                target,
                channel -> {
                  channel.write(bytes("ne"));
                  throw new IOException("disk full");
                }));
    assertEquals("old", Files.readString(target));
    assertEquals(List.of("a"), names());
  }

  @Test
  void digestsAgreeWithTheStandard() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "abc");
    String expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    Sha256 digest = new Sha256();
    assertEquals(expected, digest.add(file).hex());
    assertEquals(expected, digest.add(bytes("a")).add(new byte[] {'b', 'c'}).hex());
  }

  @Test
  void theErrorOfAFullDiskNamesTheFileAndLeavesNothing(@TempDir Path folder) throws IOException {
    Path target = Files.writeString(folder.resolve("weights.safetensors"), "before");
    IOException error =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    target,
                    channel -> {
                      channel.write(ByteBuffer.wrap(new byte[100]));
                      throw new IOException("No space left on device");
                    }));
    assertEquals(target + ": No space left on device", error.getMessage());
    assertEquals("before", Files.readString(target));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(target), files.toList());
    }
  }

  /** The last position of a file; writing there fails as on a full disk. */
  private static long end(FileChannel channel) throws IOException {
    long possible = 0;
    for (long step = 1L << 62; step > 0; step >>= 1) {
      try {
        channel.position(possible + step);
        possible += step;
      } catch (IOException tooFar) {
        // The system's limit is below.
      }
    }
    return possible;
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFailedWriteOrCommitNamesTheTarget(@TempDir Path folder) throws IOException {
    Path target = folder.resolve("a.npy");
    try (AtomicFile file = AtomicFile.create(target)) {
      file.channel().position(end(file.channel()));
      FileSystemException error =
          assertThrows(FileSystemException.class, () -> file.write(bytes("new")));
      assertTrue(error.getMessage().startsWith(target + ": "), error.getMessage());
    }
    Files.createDirectories(target.resolve("inside"));
    try (AtomicFile file = AtomicFile.create(target)) {
      FileSystemException error = assertThrows(FileSystemException.class, file::commit);
      assertTrue(error.getMessage().startsWith(target + ": "), error.getMessage());
      assertFalse(error.getMessage().contains(".tmp"), error.getMessage());
    }
  }

  @Test
  void theErrorOfAMissingFolderNamesTheTarget(@TempDir Path folder) {
    Path target = folder.resolve("none").resolve("x.npy");
    String expected = target + ": there is no folder " + target.getParent() + "; create it";
    IOException whole =
        assertThrows(IOException.class, () -> AtomicFile.write(target, new byte[1]));
    assertEquals(expected, whole.getMessage());
    assertEquals(
        expected, assertThrows(IOException.class, () -> AtomicFile.create(target)).getMessage());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatMayNotBeReadIsAnErrorWhereFoldersCanBeForced(@TempDir Path folder)
      throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, Set.of());
    assumeTrue(!Files.isReadable(closed), "the superuser may read everything");
    assertThrows(AccessDeniedException.class, () -> DurableFiles.forceFolder(closed));
  }

  /** The superuser could rename a file over it. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void devicesAreWrittenToAndNeverReplaced() throws IOException {
    Path device = Path.of("/dev/null");
    AtomicFile.write(device, "text");
    assertEquals("device", RegularFiles.kind(device));
    String message =
        assertThrows(FileSystemException.class, () -> AtomicFile.create(device)).getMessage();
    assertEquals("/dev/null: is a device; choose the name of a file", message);
  }
}
