package io.github.maskalign.tensor.io;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A new folder for temporary files that another user can neither read nor replace, nor create in
 * advance. It is deleted with its files on {@link #close}, at the latest when the process exits.
 *
 * @since 0.1.0
 */
public final class PrivateFolder implements AutoCloseable {

  private static final String PREFIX = "maskalign";

  private static final int WRITABLE_BY_GROUP = 0020;
  private static final int WRITABLE_BY_ALL = 0002;
  private static final int STICKY = 01000;
  private static final int ROOT = 0;

  private final Path path;
  private final Thread atExit;

  private PrivateFolder(Path path) {
    this.path = path;
    this.atExit = new Thread(() -> delete(path));
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Creates a folder in the system's folder for temporary files. */
  public static PrivateFolder create() throws IOException {
    return create(List.of());
  }

  /**
   * Creates a folder in the first of some folders that is safe, else in the system's for temporary
   * files.
   *
   * @throws IOException if that one is not safe either or cannot be written
   */
  public static PrivateFolder create(List<Path> parents) throws IOException {
    for (Path parent : parents) {
      try {
        requireSafe(parent);
        return in(parent);
      } catch (IOException unusable) {
        continue;
      }
    }
    Path shared = Path.of(System.getProperty("java.io.tmpdir", "."));
    requireSafe(shared);
    return in(shared);
  }

  private static PrivateFolder in(Path parent) throws IOException {
    return new PrivateFolder(fresh(parent));
  }

  /** With a random name, and for its owner only (0700). */
  private static Path fresh(Path parent) throws IOException {
    return Files.createTempDirectory(parent.toRealPath(), PREFIX);
  }

  /**
   * Creates a folder if needed, and checks that no other user can replace what this process writes
   * in it: the folder and those above belong to this user or to root, and others cannot rename
   * their entries. On systems without POSIX permissions, checks nothing.
   *
   * @throws IOException if another user could, with the name of the folder that allows it
   */
  public static void requireSafe(Path folder) throws IOException {
    Files.createDirectories(folder);
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return;
    }
    Path real = folder.toRealPath();
    int user = user(real);
    for (Path each = real; each != null; each = each.getParent()) {
      Map<String, Object> attributes = Files.readAttributes(each, "unix:uid,gid,mode");
      int owner = (int) attributes.get("uid");
      int mode = (int) attributes.get("mode");
      // A group with the number of its user is the private one that Linux creates for each user.
      boolean isSharedWithGroup =
          (mode & WRITABLE_BY_GROUP) != 0 && (int) attributes.get("gid") != user;
      boolean isShared = isSharedWithGroup || (mode & WRITABLE_BY_ALL) != 0;
      if (isShared && (mode & STICKY) == 0 || owner != user && owner != ROOT) {
        throw new FileSystemException(
            folder.toString(), null, "other users can replace files in " + each);
      }
    }
  }

  /** The number of this process's user, which Java does not tell, but a new folder does. */
  private static int user(Path folder) throws IOException {
    Path probe = fresh(folder);
    try {
      return (int) Files.getAttribute(probe, "unix:uid");
    } finally {
      Files.delete(probe);
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** Deletes the folder and its files; what another program holds open may remain. */
  @Override
  public void close() {
    if (delete(path)) {
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException exiting) {
        // The hook finds nothing left to delete.
      }
    }
  }

  /**
   * Deletes private folders that an earlier process could not delete, such as one that was killed.
   *
   * @param parent folder that contains them; may not exist
   * @param age time since their last change; folders of running processes must be younger
   */
  public static void deleteAbandoned(Path parent, Duration age) {
    Instant limit = Instant.now().minus(age);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "[0-9]*")) {
      for (Path each : all) {
        if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)
            && Files.getLastModifiedTime(each).toInstant().isBefore(limit)) {
          delete(each);
        }
      }
    } catch (IOException absent) {
      // Nothing to delete.
    }
  }

  private static boolean delete(Path path) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        Files.delete(file);
      }
      return Files.deleteIfExists(path);
    } catch (IOException held) {
      return Files.notExists(path);
    }
  }
}
