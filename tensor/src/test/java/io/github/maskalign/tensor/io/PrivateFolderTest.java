package io.github.maskalign.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {

  @TempDir Path temporary;

  @BeforeEach
  void requirePosix() {
    assumeTrue(temporary.getFileSystem().supportedFileAttributeViews().contains("unix"));
  }

  private Path folder(String name, String permissions) throws IOException {
    Path folder = Files.createDirectories(temporary.resolve(name));
    return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void isForItsOwnerOnlyAndDeletedWithItsFiles() throws IOException {
    Path path;
    try (PrivateFolder folder = PrivateFolder.create(List.of(temporary))) {
      path = folder.path();
      assertEquals(temporary.toRealPath(), path.getParent());
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      Files.writeString(path.resolve("file"), "content");
    }
    assertTrue(Files.notExists(path));
  }

  @Test
  void avoidsFoldersThatOthersCanWrite() throws IOException {
    Path shared = folder("shared", "rwxrwxrwx");
    Path below = folder("shared/mine", "rwx------");
    Path safe = folder("safe", "rwxr-xr-x");
    for (Path unsafe : List.of(shared, below)) {
      String message =
          assertThrows(IOException.class, () -> PrivateFolder.requireSafe(unsafe)).getMessage();
      assertTrue(message.contains("other users can replace files in " + shared), message);
    }
    try (PrivateFolder folder = PrivateFolder.create(List.of(shared, below, safe))) {
      assertEquals(safe.toRealPath(), folder.path().getParent());
    }
  }

  @Test
  void followsLinksToTheFolderThatIsUsed() throws IOException {
    Path shared = folder("shared", "rwxrwxrwx");
    Path link = Files.createSymbolicLink(temporary.resolve("link"), shared);
    assertThrows(IOException.class, () -> PrivateFolder.requireSafe(link));
  }

  @Test
  void acceptsSharedFoldersInWhichOnlyOwnersDelete() throws IOException {
    Path sticky = folder("sticky", "rwxrwxrwx");
    Files.setAttribute(sticky, "unix:mode", 01777);
    PrivateFolder.requireSafe(sticky);
  }

  @Test
  void deletesWhatAnEarlierProcessLeft() throws IOException {
    Path old = Files.createDirectories(temporary.resolve("maskalign123"));
    Files.writeString(old.resolve("file"), "content");
    Path other = Files.createDirectories(temporary.resolve("kernels"));
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(2)));
    for (Path each : List.of(old, other)) {
      Files.setLastModifiedTime(each, longAgo);
    }
    try (PrivateFolder folder = PrivateFolder.create(List.of(temporary))) {
      PrivateFolder.deleteAbandoned(temporary, Duration.ofDays(1));
      assertTrue(Files.exists(folder.path()));
      assertTrue(Files.exists(other));
      assertTrue(Files.notExists(old));
    }
  }
}
