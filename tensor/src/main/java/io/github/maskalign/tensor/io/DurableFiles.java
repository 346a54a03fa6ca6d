package io.github.maskalign.tensor.io;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The steps from which atomic updates of files and folders are built. A step that has returned
 * survives a crash or a loss of power.
 *
 * @since 0.1.0
 */
public final class DurableFiles {

  private DurableFiles() {}

  /** Forces the content of a file to disk. */
  public static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Forces the entries of a folder to disk, such as a rename in it. */
  public static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (AccessDeniedException e) {
      // Windows does not open folders, and keeps their entries safe by itself.
      if (File.separatorChar != '\\') {
        throw e;
      }
    }
  }

  /**
   * The error of a file with the file's name, which the errors of full disks and failing devices
   * lack.
   */
  public static IOException naming(Path file, IOException e) {
    if (e instanceof FileSystemException) {
      return e;
    }
    IOException named = new FileSystemException(file.toString(), null, e.getMessage());
    named.initCause(e);
    return named;
  }

  /** Renames a file or folder in one step, replacing a file of the new name. */
  public static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }
}
