package io.github.maskalign.tensor.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens regular files only. Reading a named pipe waits for a writer, a device may never end, and
 * neither ends for an interrupt.
 *
 * @since 0.1.0
 */
public final class RegularFiles {
  private static final int TYPE = 0xf000;

  private RegularFiles() {}

  /**
   * Opens a regular file, or what a link to one leads to. Interrupting the thread does not close
   * the stream, and skipping seeks.
   *
   * @throws NoSuchFileException if it does not exist
   * @throws FileSystemException if it is something else, with the reason
   */
  public static InputStream newInputStream(Path path) throws IOException {
    require(path);
    return Files.newInputStream(path);
  }

  /**
   * Checks that a path leads to a regular file, and returns its attributes.
   *
   * @throws NoSuchFileException if it does not exist
   * @throws FileSystemException if it is something else, with the reason
   */
  public static BasicFileAttributes require(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(path.toString(), null, "is a " + kind(path) + ", not a file");
    }
    return attributes;
  }

  /** What a path leads to: a file, folder, named pipe, socket or device. */
  public static String kind(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (attributes.isRegularFile()) {
      return "file";
    }
    if (attributes.isDirectory()) {
      return "folder";
    }
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return "special file";
    }
    return switch ((int) Files.getAttribute(path, "unix:mode") & TYPE) {
      case 0x1000 -> "named pipe";
      case 0xc000 -> "socket";
      default -> "device";
    };
  }
}
